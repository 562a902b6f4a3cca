"""The atlas on disk: its schema (`manifest`, `tables`), reading it (`reader`) and checking it (`verify`)."""
