"""The list rules of the collections that a client's filter or sort walks through.

Without them a filter could tell what the caller may not see. A row stays if the record it is
joined with could be listed by the caller, or if there is none.
"""

from __future__ import annotations

from collections_app.query.errors import FilterError, quoted
from collections_app.query.parse import parse
from collections_app.query.plan import TargetRule
from collections_app.query.resolve import condition
from collections_app.query.scope import Scope


def of_walked(client: Scope) -> tuple[TargetRule, ...]:
    """Return the rules for what was walked through in ``client``, in order."""
    out = []
    for hops, collection in client.walked.items():
        scope = Scope(client.find, collection, client.questions, sees_all=True)
        try:
            rule = condition(parse(collection.list_rule or ""), scope)
        except FilterError as error:
            raise FilterError(
                f"the list rule of {quoted(collection.name)} cannot be applied: {error.reason}"
            ) from error
        out.append(TargetRule(hops, rule))
    return tuple(out)
