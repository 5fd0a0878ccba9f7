"""What a learner may see of a check cell."""

__all__ = ["BEGIN_HIDDEN", "END_HIDDEN", "visible_source"]

BEGIN_HIDDEN = "BEGIN HIDDEN TESTS"
END_HIDDEN = "END HIDDEN TESTS"


def visible_source(source: str) -> str:
    """Cut the hidden tests out of a cell's source; without an end marker all that follows is hidden."""
    if BEGIN_HIDDEN not in source:
        return source
    shown: list[str] = []
    hidden = False
    for line in source.split("\n"):
        if BEGIN_HIDDEN in line or END_HIDDEN in line:
            hidden = BEGIN_HIDDEN in line
        elif not hidden:
            shown.append(line)
    return "\n".join(shown).rstrip("\n")
