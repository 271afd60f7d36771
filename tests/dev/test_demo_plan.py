"""What `make run` starts follows from the environment and .env."""

import socket
import threading

import pytest

from dev import demo
from dev.errors import ToolError
from dev.ports import free_port


@pytest.fixture
def no_dotenv(monkeypatch):
    monkeypatch.setattr(demo, "with_dotenv", dict)


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.usefixtures("no_dotenv")
class TestThePlan:
    def test_with_nothing_set_everything_is_ours(self):
        plan = demo.read_plan({})
        assert plan.embedded_database
        assert plan.address == "http://localhost:8000"
        assert plan.sandbox_address == "http://localhost:8001"

    def test_the_shell_is_two_ports_above_the_pages(self):
        assert demo.read_plan({}).shell_address == "http://127.0.0.1:8002"
        assert demo.read_plan({"PORT": "8100"}).shell_address == "http://127.0.0.1:8102"
        assert demo.read_plan({"SHELL_DEMO_PORT": "8300"}).shell_address == "http://127.0.0.1:8300"

    def test_with_a_shell_of_ones_own_the_demos_stays_out(self):
        assert demo.read_plan({"SHELL_ISSUER": "https://portal.example"}).shell_address is None

    def test_a_database_of_ones_own_is_used(self):
        assert not demo.read_plan({"DATABASE_URL": "postgresql+psycopg://localhost/mine"}).embedded_database

    def test_with_stripe_keys_the_stand_in_stays_out(self):
        plan = demo.read_plan({"STRIPE_SECRET_KEY": "sk_test_mine"})
        assert plan.sandbox_address is None

    def test_ports_can_be_moved(self):
        plan = demo.read_plan({"PORT": "8100", "STRIPE_SANDBOX_PORT": "8101"})
        assert (plan.port, plan.sandbox_port) == (8100, 8101)

    @pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
    def test_a_port_that_is_none_is_refused(self, port):
        with pytest.raises(ToolError, match="PORT must be a number from 1 to 65535"):
            demo.read_plan({"PORT": port})

    def test_a_taken_port_is_said_with_the_way_out(self, taken_port):
        plan = demo.read_plan({"PORT": str(taken_port)})
        with pytest.raises(
            ToolError, match=f"Port {taken_port} is taken .* PORT={taken_port + 100} make run"
        ):
            demo.with_free_ports(plan)

    def test_where_the_shells_usual_port_is_taken_it_gets_another(self, taken_port):
        plan = demo.read_plan({"PORT": str(taken_port - 2), "STRIPE_SANDBOX_PORT": str(free_port())})
        found = demo.with_free_ports(plan)
        assert found.shell_port not in {taken_port, plan.port, plan.sandbox_port}

    def test_a_port_of_the_shell_that_is_set_has_to_be_free(self, taken_port):
        ports = {"PORT": str(free_port()), "STRIPE_SANDBOX_PORT": str(free_port())}
        plan = demo.read_plan(ports | {"SHELL_DEMO_PORT": str(taken_port)})
        with pytest.raises(ToolError, match=f"SHELL_DEMO_PORT={taken_port + 100} make run"):
            demo.with_free_ports(plan)

    def test_the_programs_of_a_killed_run_get_time_to_end(self, tmp_path):
        port = free_port()
        plan = demo.read_plan({"PORT": str(port), "STRIPE_SANDBOX_PORT": str(free_port())}, data=tmp_path)
        plan.address_note.touch()
        server = socket.create_server(("127.0.0.1", port))
        threading.Timer(0.3, server.close).start()
        demo.with_free_ports(plan)

    def test_a_taken_port_of_the_stand_in_is_said_too(self, taken_port):
        plan = demo.read_plan({"PORT": str(free_port()), "STRIPE_SANDBOX_PORT": str(taken_port)})
        with pytest.raises(ToolError, match=f"STRIPE_SANDBOX_PORT={taken_port + 100} make run"):
            demo.with_free_ports(plan)

    def test_both_on_one_port_is_refused(self):
        port = str(free_port())
        with pytest.raises(ToolError, match="both"):
            demo.with_free_ports(demo.read_plan({"PORT": port, "STRIPE_SANDBOX_PORT": port}))

    def test_the_shell_shares_no_port(self):
        pages, stripe = free_port(), free_port()
        ports = {"PORT": str(pages), "STRIPE_SANDBOX_PORT": str(stripe)}
        with pytest.raises(ToolError, match="STRIPE_SANDBOX_PORT and SHELL_DEMO_PORT are both"):
            demo.with_free_ports(demo.read_plan(ports | {"SHELL_DEMO_PORT": str(stripe)}))
        beside = demo.read_plan({"PORT": str(pages), "STRIPE_SANDBOX_PORT": str(pages + 2)})
        assert demo.with_free_ports(beside).shell_port != pages + 2


def test_the_environment_wins_over_dotenv(tmp_path):
    file = tmp_path / ".env"
    file.write_text("PORT=8100\nSTRIPE_SECRET_KEY=sk_test_written\nEMPTY\n")
    assert demo.with_dotenv({"PORT": "8200"}, file) == {
        "PORT": "8200",
        "STRIPE_SECRET_KEY": "sk_test_written",
    }
