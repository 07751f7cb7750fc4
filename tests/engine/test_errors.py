import re

from engine import errors


def test_the_tree_in_the_docstring_shows_every_error_under_its_base() -> None:
    branch: list[tuple[int, str]] = []
    shown: set[tuple[str, str]] = set()
    for line in re.findall(r"^    [│├└─ ]*\w+(?:, \w+)*", errors.__doc__ or "", re.MULTILINE):
        names = re.findall(r"\w+", line)
        depth = line.index(names[0])
        branch = [(other, base) for other, base in branch if other < depth] + [(depth, names[0])]
        shown |= {(name, branch[-2][1] if branch[1:] else "Exception") for name in names}
    classes = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.DeskError)]
    assert shown == {(each.__name__, each.__base__.__name__) for each in classes if each.__base__}
