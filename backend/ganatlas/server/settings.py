"""Settings of the server: one class, read from the environment (`GANATLAS_*`) and from the options of `ganatlas serve`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MIB = 1 << 20


class Settings(BaseSettings):
    """Each setting is an environment variable with the prefix `GANATLAS_`; lists are separated by commas."""

    model_config = SettingsConfigDict(env_prefix="GANATLAS_", extra="forbid", frozen=True)

    paths: Annotated[tuple[Path, ...], NoDecode] = Field(default=(), description="bundles, or folders that hold bundles")
    wait: bool = Field(default=False, description="serve a bundle that does not exist yet, and follow it as it is built")
    host: str = Field(default="127.0.0.1", description="address to bind")
    port: int = Field(default=8000, ge=0, le=65535, description="port to bind; 0 lets the system choose one")
    token: SecretStr | None = Field(default=None, description="when set, every request but /healthz needs it")
    root_path: str = Field(default="", description="path under which a proxy shows the server, such as /ganatlas")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(default=(), description="origins whose pages may use the API")
    frame_ancestors: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("'self'",), description="who may show the page in a frame (a notebook on another port)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="info writes one JSON line a request to stderr"
    )
    follow_seconds: float = Field(default=1.0, ge=0, description="how often, at most, bundles are looked at for a new manifest")
    cache_mb: int = Field(default=32, ge=0, le=4096, description="MB of prepared answers and tiles kept in memory")
    workers: int = Field(default=1, ge=1, le=64, description="processes that answer")
    shutdown_seconds: int = Field(default=10, ge=0, description="how long requests may go on after SIGTERM")

    @field_validator("paths", "cors_origins", "frame_ancestors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value

    @field_validator("token", mode="before")
    @classmethod
    def _no_empty_token(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("root_path")
    @classmethod
    def _normal_root(cls, value: str) -> str:
        value = value.rstrip("/")
        if value and not value.startswith("/"):
            raise ValueError("starts with a slash, such as /ganatlas")
        return value
