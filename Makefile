# make demo   install, build the viewer and the embedded atlas, serve it        (PORT=8000)
# make bench  run every benchmark and write docs/performance.md; ONLY="load viewer" for some (hours, on a quiet machine)
# make test   install, then lint, types, vitest and pytest without the slow tests
#
# TORCH chooses the build of torch, as pip takes it: TORCH=torch is the newest, and an --index-url in it takes another build
# (pytorch.org lists them by CUDA version).

PYTHON ?= python3
TORCH  ?= torch==2.13.0
PORT   ?= 8000
VENV   ?= .venv
JOBS   ?= 2
BIN    := $(VENV)/bin
STATIC := backend/ganatlas/server/static/.vite/manifest.json
VIEWER := $(shell git ls-files frontend backend/ganatlas/bundle/figures.json 2>/dev/null)

.PHONY: demo bench test test-slow test-torchvision lint types viewer format browser clean

demo: $(VENV)/.installed $(STATIC)
	$(BIN)/ganatlas demo --world scenes -o .demo/scenes.atlas --port $(PORT)

bench: $(VENV)/.dev $(STATIC) browser
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

test: lint types
	cd frontend && npm test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadfile

test-slow: $(VENV)/.dev $(STATIC) browser
	OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadfile

lint: $(VENV)/.dev frontend/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev $(STATIC) browser
	$(BIN)/mypy
	cd frontend && npm run typecheck && PYTHON="$(abspath $(BIN))/python" npm run types:check

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

viewer: $(STATIC)

# The torchvision adapter needs a matching pair of torch and torchvision: an environment of its own.
TORCHVISION ?= torch==2.14.1 torchvision==0.29.1
test-torchvision: .venv-torchvision/.installed
	.venv-torchvision/bin/python -m pytest tests/classifiers -m "not slow" -k torchvision

.venv-torchvision/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-torchvision
	.venv-torchvision/bin/python -m pip install --quiet --disable-pip-version-check $(TORCHVISION)
	.venv-torchvision/bin/python -m pip install --quiet --disable-pip-version-check -e '.[precompute,dev]'
	touch $@

$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[precompute]'
	touch $@

# torch-fidelity, with which the metrics are compared, comes without its torchvision: a torch of another build would break it.
$(VENV)/.dev: $(VENV)/.installed pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[precompute,dev]'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'torch-fidelity>=0.4,<0.5'
	touch $@

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	touch $@

$(STATIC): frontend/node_modules/.installed $(VIEWER)
	cd frontend && npm run build

# The browser tests use a Chromium that is there, or Debian's where it can be installed; without one they skip and say so.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && apt-get install -y -q chromium; } || \
	  echo "no Chromium, and it cannot be installed here: the browser tests will skip"

clean:
	rm -rf $(VENV) .venv-torchvision .demo frontend/node_modules backend/ganatlas/server/static
