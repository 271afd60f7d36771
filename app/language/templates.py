"""Templates that write in the reader's language: `_` and `{% trans %}` are gettext's."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.language import messages
from app.text import shown


class _Late(CodeGenerator):
    """Leaves everything to when a template is rendered. Jinja computes what has only literals in it, such as
    `{{ "monthly"|translated }}`, once when it compiles a template: in the language of its first reader."""

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible
        return super()._output_child_to_const(node, frame, finalize)


def translate(environment: Environment) -> None:
    """Let the templates of this environment use gettext.

    Values are sanitized for readers as other output of a template is, and escaped where the template escapes. In
    macros it works as well if they are imported without context.
    """
    environment.code_generator_class = _Late
    environment.optimized = False
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals |= {
        "gettext": _in_template(messages.gettext),
        "ngettext": _in_template(messages.ngettext),
        "pgettext": _in_template(messages.pgettext),
        "npgettext": _in_template(messages.npgettext),
    }


def _in_template(function: Any) -> Any:
    @pass_context
    def translated(context: Context, *message: Any, **values: Any) -> str:
        sanitized = {key: shown(value) if type(value) is str else value for key, value in values.items()}
        if not context.eval_ctx.autoescape:
            return str(function(*message, **sanitized))
        # The message is ours and may have markup; values are escaped as they are put in.
        return Markup(function(*message, **{key: escape(value) for key, value in sanitized.items()}))  # noqa: S704

    return translated
