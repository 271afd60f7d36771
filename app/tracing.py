"""Traces by OpenTelemetry: a request with its statements, its requests to Stripe, and the jobs that it enqueued.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set; then the package's extra `traces` has to be installed. Spans have
routes, statements with placeholders, and names of tasks: no ids of organizations, no addresses, no parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from environ import SettingsError

CARRIER = "traceparent"
"""The argument of a job that has the trace it belongs to (https://www.w3.org/TR/trace-context/#traceparent-header)."""

_OFF: AbstractContextManager[Any] = nullcontext()


class _Tracing:
    tracer: Any = None
    provider: Any = None


_state = _Tracing()


def set_up(endpoint: str, *, environment: str) -> None:
    """Send this process's traces to a collector; how many, and with which headers, is said by OpenTelemetry's own
    variables. Without an endpoint nothing is traced. Raises `SettingsError`."""
    if not endpoint or _state.tracer is not None:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry isn't installed. "
            "Install voice-portal-billing[traces], or unset it."
        ) from error
    resource = Resource.create({"service.name": "billing", "deployment.environment.name": environment})
    provider = TracerProvider(resource=resource)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _state.provider, _state.tracer = provider, provider.get_tracer("billing")


def is_on() -> bool:
    """Whether anything is traced."""
    return _state.tracer is not None


def flush() -> None:
    """Send what waits to be sent."""
    if _state.provider is not None:
        _state.provider.force_flush()


@contextmanager
def using(tracer: Any) -> Iterator[None]:
    """Trace with this within the block, in all threads; None turns it off."""
    before, _state.tracer = _state.tracer, tracer
    try:
        yield
    finally:
        _state.tracer = before


def span(name: str, *, kind: str = "internal", parent: str | None = None, **attributes: Any) -> Any:
    """A span around a block; the block gets it, or None where nothing is traced.

    `kind` is OpenTelemetry's. `parent` is what `carried` returned elsewhere, or a header. Names of `attributes` have
    two underscores where OpenTelemetry's have a dot.
    """
    tracer = _state.tracer
    if tracer is None:
        return _OFF
    return tracer.start_as_current_span(
        name, context=_context(parent), kind=_kind(kind), attributes=_named(attributes)
    )


def start(name: str, **attributes: Any) -> Any:
    """A span of kind `client` that someone else ends, below the current one; None where nothing is traced."""
    tracer = _state.tracer
    if tracer is None:
        return None
    return tracer.start_span(name, kind=_kind("client"), attributes=_named(attributes))


def carried() -> str | None:
    """The current span, as a job's argument; None where there is none."""
    if _state.tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    into: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(into)
    return into.get(CARRIER)


def note(span_: Any, **attributes: Any) -> None:
    """Add attributes to a span, if it is one."""
    if span_ is not None:
        span_.set_attributes(_named(attributes))


def _context(parent: str | None) -> Any:
    if parent is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    return TraceContextTextMapPropagator().extract({CARRIER: parent})


def _kind(name: str) -> Any:
    from opentelemetry.trace import SpanKind  # noqa: PLC0415

    return SpanKind[name.upper()]


def _named(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name.replace("__", "."): value for name, value in attributes.items() if value is not None}
