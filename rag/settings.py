"""Flags, environment and `.env` → Settings: the only reader of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError
from rag.home import Home, public_address

BUNDLED_ENCODER = "multilingual-e5-small"
"""Name of the encoder that comes with Sanad; any other value of `RAG_ENCODER` is a model's name or folder."""

Runtime = Literal["auto", "onnx", "torch"]


class Settings(BaseSettings):
    """What can be chosen; each field is read from `RAG_<FIELD>` unless another name is given.

    Raises:
        SettingsError: a value cannot be used; names the variable, the value and what is allowed.
    """

    model_config = SettingsConfigDict(env_prefix="RAG_", env_file=".env", extra="ignore", frozen=True)

    index: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("sanad") / "index",
        description="folder of the index",
    )
    database: str | None = Field(
        default=None, repr=False, description="PostgreSQL database that holds the catalog, for several machines"
    )
    chroma_url: str | None = Field(default=None, repr=False, description="Chroma server that holds the vectors")
    chroma_api_key: str | None = Field(default=None, validation_alias="CHROMA_API_KEY", repr=False)
    corpus: Path | None = Field(default=None, description="file or folder that is indexed when none is named")
    cache: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("sanad"),
        description="folder for the bundled encoder, and what is made of encoders once",
    )
    encoder: str = Field(default=BUNDLED_ENCODER, min_length=1, description="sentence-transformers model")
    encoder_runtime: Runtime = Field(
        default="auto", description="what runs the encoder: onnx (int8), torch, or auto: torch where there is a GPU"
    )
    encoder_threads: int | None = Field(
        default=None, ge=1, description="texts encoded at once; as many as there are processor cores when unset"
    )
    passage_tokens: int = Field(default=192, ge=32, le=4096, description="encoder tokens a passage may have")
    late: bool = Field(default=True, description="keep token vectors for late interaction, for a new index")
    reranker: str | None = Field(default=None, description="sentence-transformers CrossEncoder that reorders hits")
    model: str | None = Field(default=None, description="chat model that writes the answers, as provider:model")
    model_context: int = Field(default=4096, ge=1024, description="chat tokens that the model takes in at once")
    model_timeout: float = Field(default=60.0, gt=0, description="seconds that the model may be silent")
    private_addresses: bool = Field(
        default=False, description="whether addresses of this machine and its network may be indexed"
    )
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    openai_api_key: str | None = Field(default=None, validation_alias="OPENAI_API_KEY", repr=False)
    ollama_host: str | None = Field(default=None, validation_alias="OLLAMA_HOST")
    tiktoken_cache_dir: Path | None = Field(default=None, validation_alias="TIKTOKEN_CACHE_DIR")
    otlp_endpoint: str | None = Field(
        default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT", repr=False, description="collector of traces"
    )
    max_asks_per_client: int = Field(
        default=8, ge=1, description="questions of one client that are answered or wait at once"
    )
    max_waiting: int = Field(default=32, ge=0, description="questions that may wait to be answered")
    answer_timeout: float = Field(default=300.0, gt=0, description="seconds that an answer of the server may take")
    host: str = Field(default="127.0.0.1", validation_alias="GRADIO_SERVER_NAME", description="address of the chat")
    port: int = Field(default=7860, ge=1, le=65535, validation_alias="GRADIO_SERVER_PORT", description="its port")

    tls_certificate: Path | None = Field(default=None, description="certificate (PEM) of the server, for https")
    tls_key: Path | None = Field(default=None, description="its private key")
    allowed_origins: list[str] = Field(
        default=[], description="sites whose pages may talk to the server with a key, as a JSON list"
    )

    log_questions: bool = Field(default=False, description="whether the log of `sanad serve` holds what was asked")

    @model_validator(mode="after")
    def _check_servers(self) -> Self:
        for variable, address, schemes in (
            ("RAG_DATABASE", self.database, ("postgresql", "postgres", "postgresql+psycopg")),
            ("RAG_CHROMA_URL", self.chroma_url, ("http", "https")),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", self.otlp_endpoint, ("http", "https")),
        ):
            if address and (urlsplit(address).scheme not in schemes or not urlsplit(address).hostname):
                raise SettingsError(f"{variable}: begins with {schemes[0]}://, and names a server")
        if self.database and not self.chroma_url:
            raise SettingsError("RAG_DATABASE needs RAG_CHROMA_URL: every process must reach the vectors too")
        return self

    def __init__(self, **values: Any) -> None:
        """Take `values` before the environment; a value of None counts as not given."""
        own = {name: str(field.validation_alias or name) for name, field in type(self).model_fields.items()}
        try:
            super().__init__(**{own.get(k, k): v for k, v in values.items() if v is not None})
        except ValidationError as error:
            raise SettingsError(_explain(error)) from error

    @property
    def secrets(self) -> list[str]:
        """What is set and must not be told: keys, and the passwords in addresses."""
        given = [self.openai_api_key, self.chroma_api_key]
        given += [urlsplit(address).password for address in (self.database, self.chroma_url) if address]
        return [value for value in given if value]

    @property
    def home(self) -> Home:
        """Where the index lies."""
        database = self.database and self.database.replace("postgres://", "postgresql://", 1)
        return Home(self.index, database, self.chroma_url, self.chroma_api_key)

    def public_variables(self) -> dict[str, str]:
        """Return what is set, by flags or the environment, under its variable's name: nothing that may be secret."""
        fields = {name: field for name, field in type(self).model_fields.items() if name in self.model_fields_set}
        found = {}
        for name, field in fields.items():
            value = getattr(self, name)
            if field.repr and value is not None:
                text = public_address(value) if isinstance(value, str) and "://" in value else str(value)
                found[str(field.validation_alias or f"RAG_{name.upper()}")] = text
        return found

    @property
    def sources(self) -> Path:
        """What is indexed when nothing is named: `corpus`, else `corpus/` here, else the copy installed with Sanad.

        Raises:
            SettingsError: there is none of the three.
        """
        if self.corpus is not None:
            return self.corpus
        installed = Path(__file__).parent / "corpus"
        checkout = Path(__file__).parent.parent / "corpus"
        for folder in (Path("corpus"), installed, checkout):
            if (folder / "articles").is_dir():
                return folder / "articles"
            if folder.is_dir() and folder == Path("corpus"):
                return folder
        raise SettingsError("no corpus/ here and none installed: name a folder, or set RAG_CORPUS")


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    variable = name if name.isupper() else f"RAG_{name.upper()}"
    return f"{variable}={first.get('input')!r}: {first['msg']}"
