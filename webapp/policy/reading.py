"""Read YAML that somebody else wrote: bounded, without aliases, tags or repeated keys, then against a JSON schema.

Every fault is one Chinese sentence with file, line and path, so that a county's clerk can mend the file.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from webapp.errors import Refused

LARGEST_FILE = 256 * 1024
MOST_NODES = 20_000
DEEPEST = 20
MOST_FAULTS = 100
KINDS = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "键值表",
    "null": "null",
}


class Unreadable(Refused):
    """A file that cannot be used; `faults` lists every sentence, the message is all of them."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader without dates: a date stays the text that was written, and the schema judges it."""

    yaml_implicit_resolvers = {
        first: [(tag, expression) for tag, expression in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True)
class Document:
    """A file's content with the places of its values."""

    name: str
    body: dict[str, Any]
    node: yaml.MappingNode

    def fault(self, path: Iterable[object], sentence: str) -> str:
        """One sentence with file, line and path."""
        keys = list(path)
        place = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")
        where = f"{self.name} 第 {_line(self.node, keys)} 行"
        return f"{where}“{place}”{sentence}" if place else f"{where}{sentence}"


def read(name: str, content: bytes) -> Document:
    """Parse one mapping. Raises `Unreadable` for anything oversized, nested, aliased, tagged, repeated or broken."""
    if len(content) > LARGEST_FILE:
        raise Unreadable([f"{name} 超过 {LARGEST_FILE // 1024} KB。请确认文件是否正确，规则文件通常只有几十 KB。"])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable([f"{name} 不是 UTF-8 编码。请另存为 UTF-8 后再试。"]) from error
    try:
        _refuse_tricks(name, text)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if not isinstance(node, yaml.MappingNode):
                raise Unreadable([f"{name} 第 1 行应为键值表。请对照随附的规则文件改写。"])
            faults = list(_repeated_keys(name, node))
            if faults:
                raise Unreadable(faults)
            body = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else ""
        raise Unreadable([f"{name} {line}不是正确的 YAML。请检查缩进、冒号和引号。"]) from error
    except ValueError as error:
        raise Unreadable([f"{name} 含有无法识别的数值。请检查数字的写法。"]) from error
    document = Document(name, body, node)
    faults = [document.fault(path, "不是有限的数。请改正。") for path in _infinite(body, ())]
    if faults:
        raise Unreadable(faults)
    return document


def _refuse_tricks(name: str, text: str) -> None:
    """Refuse before anything is built: aliases can unfold without bound, tags can name Python objects."""
    depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable([f"{name} 第 {line} 行使用了 & 或 * 引用，不能使用。请把内容完整写出。"])
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise Unreadable([f"{name} 第 {line} 行使用了标签“{tag[:60]}”，不能使用。请删去标签。"])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST or nodes > MOST_NODES:
            raise Unreadable([f"{name} 第 {line} 行嵌套过深或内容过多。请确认文件是否正确。"])


def _repeated_keys(name: str, node: yaml.Node) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                yield f"{name} 第 {line} 行的键不是文字。请改正。"
                continue
            if key.value in seen:
                yield f"{name} 第 {line} 行的键“{key.value}”重复。请只保留一处。"
            seen.add(key.value)
            yield from _repeated_keys(name, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(name, item)


def _infinite(value: Any, path: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    if isinstance(value, float) and not math.isfinite(value):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _infinite(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _infinite(item, (*path, number))


def _line(node: yaml.Node, path: list[object]) -> int:
    """The line of the value at a path, or of the nearest place above it that exists."""
    line = node.start_mark.line
    for key in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line
    return int(line) + 1


def check(document: Document, schema: dict[str, Any]) -> list[str]:
    """Every fault of a document against a JSON schema, in the order of the file."""
    found: list[tuple[int, str]] = []
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for error in validator.iter_errors(document.body):
        for path, sentence in _sentences(error):
            found.append((_line(document.node, list(path)), document.fault(path, sentence)))
    return [sentence for _, sentence in sorted(set(found))][:MOST_FAULTS]


def _sentences(error: ValidationError) -> Iterator[tuple[tuple[object, ...], str]]:
    path = tuple(error.absolute_path)
    kind, value = error.validator, cast(Any, error.instance)
    rule, schema = cast(Any, error.validator_value), cast(Any, error.schema)
    if kind == "additionalProperties" and isinstance(rule, bool):
        known = schema.get("properties", {})
        for key in value:
            if key not in known:
                yield (*path, key), "是不认识的键。请改正拼写或者删去；规定禁止的事项没有对应的键。"
        return
    if kind == "required":
        for key in rule:
            if key not in value:
                yield path, f"缺少“{key}”。请补上。"
        return
    if kind == "anyOf":
        lacking = (
            [key for way in rule for key in way["required"]] if all(set(way) == {"required"} for way in rule) else []
        )
        named = "或".join(f"“{key}”" for key in lacking)
        yield path, f"缺少{named}。请补上。" if lacking else _unfit(value)
        return
    limits = {
        "type": f"应为{'、'.join(KINDS[k] for k in ([rule] if isinstance(rule, str) else rule))}。"
        if kind == "type"
        else "",
        "enum": f"不能是“{_shown(value)}”，只能取{'、'.join(map(_shown, rule))}。" if kind == "enum" else "",
        "const": f"只能是“{_shown(rule)}”。",
        "minimum": f"不能小于 {rule}，现为 {_shown(value)}。",
        "maximum": f"不能大于 {rule}，现为 {_shown(value)}。",
        "format": f"的值“{_shown(value)}”不是日期。请写成 '2026-01-01'。",
        "pattern": f"的值“{_shown(value)}”写法不正确。请对照随附的规则文件改正。",
        "minLength": "不能为空。请填写。",
        "minItems": "项数不足。请补上。",
        "maxItems": "项数过多。请删减。",
    }
    yield path, limits.get(str(kind), _unfit(value))


def _unfit(value: object) -> str:
    said = "的内容" if isinstance(value, dict | list) else f"的值“{_shown(value)}”"
    return f"{said}不符合要求。请对照随附的规则文件改正。"


def _shown(value: object) -> str:
    return str(value)[:40]
