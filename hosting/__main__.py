"""./dandang: sets a machine up and runs the product on it. Standard library only; the product's Python comes later."""

import argparse
import os
import subprocess
import sys
from typing import NoReturn

from hosting import environment, instance, machine, report_fonts, serve
from hosting.places import HOME, PYTHON, VENV, locked, tied
from hosting.terminal import Stop, attended, say
from webapp.config import ROOT

TEMPLATE = "from flows.prefect_server import template; template()"
NOT_READY = "尚未安装。请先运行 ./dandang setup。"


class Parser(argparse.ArgumentParser):
    """Says in Chinese that a command was written wrongly."""

    def error(self, message: str) -> NoReturn:
        say(f"命令写法不对（{message}）。请参照：")
        self.print_usage(sys.stderr)
        sys.exit(2)


def main(arguments: list[str]) -> int:
    """Run one command; 0 done, 1 refused with a sentence, 2 wrong usage."""
    options, rest = parse(arguments)
    try:
        if options.command in ("flask", "doctor"):
            return product(options.command, rest)
        if options.command == "test":
            return tests(rest)
        if options.command == "up":
            serve.check_port(options.host, options.port)
            os.environ.setdefault("DANDANG_BASE_URL", serve.address(options.host, options.port))
        setup(unattended=options.yes)
        instance.prepare(demo=not options.no_demo)
        if options.command == "setup":
            say("安装完成。启动：./dandang up")
            return 0
        return serve.serve(options.host, options.port)
    except Stop as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        say("已中断。再次运行同一命令即可继续。")
        return 130


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """The command and its options; what stands after `test`, `flask` goes there untouched."""
    parser = Parser(prog="./dandang", description="担当：安装、启动、测试、检查。")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    setting = argparse.ArgumentParser(add_help=False)
    setting.add_argument("--yes", action="store_true", help="无人值守：不询问，直接安装系统软件包")
    setting.add_argument("--no-demo", action="store_true", help="不装入演示县")
    up = commands.add_parser("up", parents=[setting], help="安装并启动，按 Ctrl-C 停止")
    up.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1）")
    up.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    commands.add_parser("setup", parents=[setting], help="只安装，不启动")
    commands.add_parser("test", add_help=False, help="准备测试环境并运行全部测试；其后的参数交给 pytest")
    commands.add_parser("doctor", help="检查安装，并说明如何处理")
    commands.add_parser("flask", add_help=False, help="运行管理命令，如 ./dandang flask demo accounts")
    if arguments[:1] in ([], ["help"]):
        parser.print_help()
        sys.exit(0 if arguments else 2)
    if arguments[:1] in (["test"], ["flask"]):
        return parser.parse_args(arguments[:1]), arguments[1:]
    return parser.parse_args(arguments), []


def setup(unattended: bool, for_tests: bool = False) -> None:
    """Packages, Python environment, fonts, Prefect's template. Each step is skipped when it is done."""
    machine.prepare(for_tests, unattended)
    with locked(HOME / "lock", "另一个安装正在进行，请稍候……"):
        changed = environment.prepare(for_tests)
        own = {**os.environ, "PYTHONPATH": str(ROOT)}
        # The template takes ten seconds of one core; the fonts are fetched meanwhile.
        made = any((HOME / "prefect").glob("*.db")) and report_fonts.is_current()
        if made and not changed:
            return
        template = subprocess.Popen(tied(PYTHON, "-c", TEMPLATE), env=own, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            report_fonts.prepare()
        finally:
            failed = template.wait()
    if failed:
        raise Stop("流程服务的数据库模板没有做成，原因见上。请检查磁盘空间后重试。")


def tests(arguments: list[str]) -> int:
    """Set up what tests need and become pytest, with one worker more than cores: one of them waits for a browser, a
    database or a server most of the time."""
    setup(unattended=not attended(), for_tests=True)
    workers = str((os.cpu_count() or 1) + 1)
    pytest = [str(VENV / "bin" / "pytest"), "-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", *arguments]
    os.chdir(ROOT)
    os.execve(pytest[0], pytest, {**os.environ, "PYTHONPATH": str(ROOT)})  # noqa: S606
    return 1


def product(command_name: str, arguments: list[str]) -> int:
    """Become one of the product's commands; the examination runs without the application, which may refuse to start."""
    if not environment.usable():
        raise Stop(NOT_READY)
    doctor = [str(PYTHON), "-m", "webapp.doctor"]
    command = doctor if command_name == "doctor" else instance.command(*arguments)
    os.execve(command[0], command, instance.environment())  # noqa: S606
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
