"""Imports go down only (docs/architecture.md)."""

from tests.architecture.source import modules

# Features from the top of the house to its ground; a feature may import from those after it.
FEATURES = (
    "demo",
    "dashboard",
    "delivery",
    "evaluation",
    "handover",
    "support",
    "teams",
    "presence",
    "leave",
    "offline",
    "worklogs",
    "finding",
    "agenda",
    "supervision",
    "rectification",
    "coverage",
    "sheets",
    "duties",
    "upward",
    "accountability",
    "burden",
    "notices",
    "auth",
    "policy",
    "org",
)
GROUND = (
    "access",
    "permissions",
    "audit",
    "clock",
    "config",
    "db",
    "errors",
    "files",
    "images",
    "keys",
    "paging",
    "private_numbers",
    "spreadsheets",
    "table_files",
    "terminal",
    "words",
)
WEB = ("views", "forms", "typed_forms", "extensions", "guards", "filters", "headers", "error_pages")
WEB_LIBRARIES = ("flask", "flask_login", "flask_wtf", "wtforms", "werkzeug")


def feature_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if len(parts) > 2 and parts[0] == "webapp" and parts[1] in FEATURES else None


def is_web_half(name: str) -> bool:
    last = name.split(".")[-1]
    return any(word in last for word in ("views", "forms")) or name in WEB_HALVES


# Modules of a feature that speak to the browser without being views or forms.
WEB_HALVES = {
    "webapp.auth.device_cookie",
    "webapp.auth.signing_in",
    "webapp.auth.pages",
    "webapp.worklogs.pages",
    "webapp.auth.keeping",
    "webapp.auth.own_paths",
}


def test_features_import_downward_only() -> None:
    wrong = []
    for module in modules():
        own = feature_of(module.name)
        for target, line in module.imports():
            other = feature_of(target + ".x")
            if own and other and own != other and FEATURES.index(other) < FEATURES.index(own):
                wrong.append(f"{module.path}:{line} {own} imports {other}, which stands above it")
    assert not wrong, "\n".join(wrong)


def test_the_ground_imports_no_feature() -> None:
    wrong = [
        f"{module.path}:{line} imports {target}"
        for module in modules()
        if module.name.split(".")[1:] and module.name.split(".")[1] in GROUND and module.name.startswith("webapp.")
        for target, line in module.imports()
        if feature_of(target + ".x")
    ]
    assert not wrong, "\n".join(wrong)


def test_domain_halves_know_no_flask() -> None:
    wrong = [
        f"{module.path}:{line} imports {target}: move what needs the browser into views or forms"
        for module in modules()
        if feature_of(module.name) and not is_web_half(module.name)
        for target, line in module.imports()
        if target.split(".")[0] in WEB_LIBRARIES or target.startswith(tuple(f"webapp.{word}" for word in WEB))
    ]
    assert not wrong, "\n".join(wrong)


def test_webapp_never_imports_flows_and_reports_nothing_of_ours() -> None:
    wrong = []
    for module in modules():
        top = module.name.split(".")[0]
        for target, line in module.imports():
            first = target.split(".")[0]
            if (top == "webapp" and first == "flows") or (top == "reports" and first in ("webapp", "flows")):
                wrong.append(f"{module.path}:{line} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_package_files_are_empty() -> None:
    assert [str(m.path) for m in modules() if m.path.name == "__init__.py" and m.path.read_text().strip()] == []
