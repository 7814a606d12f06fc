"""`siege-sim dashboard`: what it refuses, what it warns of, and how it ends."""

from __future__ import annotations

import importlib.util
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from siege_sim.cli.main import main
from siege_sim.dashboard.same_origin import is_loopback

needs_solara = pytest.mark.skipif(
    importlib.util.find_spec("solara_assets") is None, reason="the extra `dashboard` is not installed"
)


def test_without_the_extra_it_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert main(["dashboard", "toy_town"]) == 1
    assert "pip install 'siege_sim[dashboard]'" in capsys.readouterr().err


@needs_solara
def test_a_scenario_that_is_wrong_and_a_port_that_is_taken_are_refused_before_anything_is_served(capsys):
    assert main(["dashboard", "toy_twon"]) == 1
    assert "did you mean 'toy_town'?" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["dashboard", "toy_town", "--port", str(taken.getsockname()[1])]) == 1
    assert "choose another --port" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("example.org", False)],
)
def test_only_this_machine_s_own_addresses_need_no_warning(host, own):
    assert is_loopback(host) is own


def start(*arguments):
    command = [sys.executable, "-m", "siege_sim.cli", "dashboard", "toy_town", "--port", "0", *arguments]
    server = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    said = ""
    for line in server.stderr:
        said += line
        if "The dashboard is at" in line:
            break
    return server, said


@needs_solara
@pytest.mark.slow
def test_ctrl_c_ends_it_without_a_complaint():
    server, _ = start()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        pytest.skip("Ctrl-C is ignored where these tests were started from")
    server.send_signal(signal.SIGINT)
    _, rest = server.communicate(timeout=60)
    assert server.returncode == 0
    assert "Traceback" not in rest


@needs_solara
@pytest.mark.slow
def test_it_warns_when_others_can_reach_it():
    server, said = start("--host", "0.0.0.0")
    server.terminate()
    server.communicate(timeout=60)
    assert said.startswith("warning: 0.0.0.0 can be reached from other machines")


def test_memory_is_capped_only_where_each_session_has_a_process_of_its_own(capsys):
    assert main(["dashboard", "toy_town", "--memory-mb", "200"]) == 1
    assert "only --class gives each its own" in capsys.readouterr().err


@needs_solara
def test_a_class_is_refused_a_scenario_that_no_student_could_play(capsys):
    assert main(["dashboard", "toy_town", "--class", "--most-days", "30"]) == 1
    assert "90 days are more than a session here may have (30); lower days" in capsys.readouterr().err


@needs_solara
@pytest.mark.slow
def test_a_class_says_its_caps_and_leaves_no_process_behind_when_it_is_stopped():
    server, said = start("--class", "--sessions", "1000", "--memory-mb", "50000")
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    started = children.read_text().split() if children.exists() else []
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=60)
    assert "A class of up to 1000: 50000 MB and runs of 1250 days for each" in said
    assert "lower --sessions or --memory-mb" in said
    for process in started:
        wait_until_gone(int(process))


def wait_until_gone(process):
    while Path(f"/proc/{process}").exists():
        threading.Event().wait(0.05)
