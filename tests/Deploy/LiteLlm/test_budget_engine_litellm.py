"""The hook for LiteLLM, with fakes of its interfaces, before a real engine (BUDGET_TEST_ENGINE) and before one that is told how to fail."""

import asyncio
import http.server
import json
import os
import sys
import threading
import types
import unittest
import urllib.request


class HTTPException(Exception):
    def __init__(self, status_code, detail=None, headers=None):
        super().__init__(detail)
        self.status_code, self.detail, self.headers = status_code, detail, headers


class CustomLogger:
    pass


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


module("fastapi", HTTPException=HTTPException)
module("litellm")
module("litellm.integrations")
module("litellm.integrations.custom_logger", CustomLogger=CustomLogger)
sys.path.insert(0, os.environ["BUDGET_HOOK_FOLDER"])

import budget_engine_litellm as hook  # noqa: E402

ENGINE = os.environ["BUDGET_TEST_ENGINE"]
MODEL = "test-model"


def engine(method, path, body=None):
    request = urllib.request.Request(ENGINE + path, data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=30) as response:
        text = response.read()
        return json.loads(text) if text and path != "/v1/export/usage" else text.decode()


class Caller:
    """LiteLLM's UserAPIKeyAuth, as far as the hook looks."""

    def __init__(self, team_id=None, key_alias=None, end_user_id=None, user_id=None):
        self.team_id, self.key_alias, self.end_user_id, self.user_id = team_id, key_alias, end_user_id, user_id


def payload(data, answer_id, **more):
    """LiteLLM's StandardLoggingPayload of a call."""
    made = {
        "id": answer_id, "call_id": f"call-{answer_id}", "call_type": "acompletion", "status": "success", "response_cost": 0.0125, "model": data["model"], "prompt_tokens": 10, "completion_tokens": 5,
        "startTime": 0, "metadata": {**data["metadata"], "user_api_key_team_id": "team"}, "messages": [{"content": "secret prompt"}], "response": "secret answer",
    }
    del made["startTime"]
    made.update(more)
    return {"standard_logging_object": made}


class FailingEngine:
    """Answers what it is told; keeps what it was asked. An answer of None is a connection that ends without one."""

    def __init__(self, *answers):
        self.asked, self._answers = [], list(answers)
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.asked.append((self.command, self.path, json.loads(body) if body else None))
                answer = outer._answers.pop(0) if len(outer._answers) > 1 else outer._answers[0]
                if answer is None:
                    self.close_connection = True
                    return
                status, content = answer
                text = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_DELETE = answer

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class RealEngineTests(unittest.IsolatedAsyncioTestCase):
    number = 0

    def setUp(self):
        RealEngineTests.number += 1
        self.tenant = f"litellm{self.number}"
        engine("PUT", f"/v1/budgets/{self.tenant}", {"daily": 1})
        self.budget = hook.BudgetEngine(hook.Settings(engine=ENGINE, key="", cost_center=self.tenant, timeout=20))

    def limit(self):
        return next(w for w in engine("GET", f"/v1/limits?cost_center={self.tenant}/team")["items"] if w["cost_center"] == self.tenant)

    async def ask(self, more=None, caller=None, call_type="completion"):
        data = {"model": MODEL, "messages": [{"role": "user", "content": "x" * 400}], "max_tokens": 100, **(more or {})}
        return await self.budget.async_pre_call_hook(caller or Caller(team_id="team", user_id="u-1"), None, data, call_type)

    async def test_call_is_held_and_settled_with_its_cost(self):
        data = await self.ask()
        reservation = data["metadata"]["spend_logs_metadata"]["reservation_id"]
        held = engine("GET", f"/v1/reservations/{reservation}")
        self.assertEqual((held["cost_center"], held["user"], held["model"]), (f"{self.tenant}/team", "u-1", MODEL))
        self.assertGreater(self.limit()["held"], 0)
        await self.budget.async_log_success_event(payload(data, f"{self.tenant}-1"), None, None, None)
        await self.budget.flush()
        self.assertEqual((self.limit()["held"], self.limit()["spent"]), (0, 0.0125))
        self.assertNotIn("secret", engine("GET", "/v1/export/usage"))

    async def test_stream_is_settled_at_its_end_by_counts(self):
        data = await self.ask({"stream": True})
        await self.budget.async_log_success_event(payload(data, f"{self.tenant}-1", stream=True, response_cost=None), None, None, None)
        await self.budget.flush()
        # 10 in at 2 and 5 out at 8 for a million.
        self.assertEqual((self.limit()["held"], self.limit()["spent"]), (0, 0.00006))

    async def test_tries_of_one_request_share_one_hold_and_the_last_failure_gives_it_back(self):
        data = await self.ask()
        held = self.limit()["held"]
        for number in (1, 2):
            failed = payload(data, None, status="failure", response_cost=0, call_id=f"{self.tenant}-call", startTime=1795885200 + number, prompt_tokens=0, completion_tokens=0)
            await self.budget.async_log_failure_event(failed, None, None, None)
        await self.budget.flush()
        self.assertEqual(self.limit()["held"], held)
        await self.budget.async_post_call_failure_hook(data, ValueError("last"), None)
        self.assertEqual((self.limit()["held"], self.limit()["spent"]), (0, 0))

    async def test_success_after_a_failed_try_settles_the_same_hold(self):
        data = await self.ask()
        await self.budget.async_log_failure_event(payload(data, None, status="failure", response_cost=0, call_id=f"{self.tenant}-call", startTime=1795885200, prompt_tokens=0, completion_tokens=0), None, None, None)
        await self.budget.async_log_success_event(payload(data, f"{self.tenant}-1"), None, None, None)
        # LiteLLM may tell a success twice.
        await self.budget.async_log_success_event(payload(data, f"{self.tenant}-1"), None, None, None)
        await self.budget.flush()
        self.assertEqual((self.limit()["held"], self.limit()["spent"]), (0, 0.0125))

    async def test_denied_call_is_the_exception_that_litellm_shows(self):
        with self.assertRaises(HTTPException) as denied:
            await self.ask({"max_tokens": 10_000_000})
        self.assertEqual((denied.exception.status_code, denied.exception.detail["error"]["code"]), (402, "budget_exceeded"))
        self.assertEqual((denied.exception.headers["x-should-retry"], denied.exception.headers["X-Budget-Code"]), ("false", "budget_exceeded"))
        self.assertIn("It resets at", denied.exception.detail["error"]["message"])
        self.assertNotIn(self.tenant, str(denied.exception.detail))
        with self.assertRaises(HTTPException) as unknown:
            await self.ask({"model": "nobody-knows-it"})
        self.assertEqual((unknown.exception.status_code, unknown.exception.headers["X-Budget-Code"]), (403, "unknown_model"))

    async def test_reservation_that_the_client_sends_is_taken_away(self):
        first = await self.ask()
        stolen = first["metadata"]["spend_logs_metadata"]["reservation_id"]
        data = await self.ask({"metadata": {"spend_logs_metadata": {"reservation_id": stolen, "kept": 1}}, "litellm_metadata": {"spend_logs_metadata": {"reservation_id": stolen}}})
        own = data["metadata"]["spend_logs_metadata"]
        self.assertEqual((own["kept"], own["reservation_id"] != stolen, own["reservation_id"]), (1, True, data["litellm_metadata"]["spend_logs_metadata"]["reservation_id"]))

    async def test_names_of_teams_become_the_segments_that_the_engine_makes(self):
        for number, name in enumerate(("team", "Data Science (EMEA)", "a/b", "ünï", "x" * 80, "looks-0123456789abcdef", "UPPER", "???", "under_score.dot")):
            data = await self.ask(caller=Caller(team_id=name))
            unsettled = payload(data, f"{self.tenant}-n{number}")
            unsettled["standard_logging_object"]["metadata"] = {"user_api_key_team_id": name}
            segment = engine("GET", f"/v1/reservations/{data['metadata']['spend_logs_metadata']['reservation_id']}")["cost_center"].split("/")[-1]
            # The engine's own reading of the name, with a key that has no home: below default.
            await self.budget.async_log_success_event(unsettled, None, None, None)
            await self.budget.flush()
            row = next(r for r in map(json.loads, engine("GET", "/v1/export/usage").splitlines()) if r["request_id"] == f"{self.tenant}-n{number}")
            self.assertEqual(row["cost_center"], f"default/{segment}")

    async def test_other_calls_pass(self):
        self.assertNotIn("metadata", await self.ask(call_type="moderation"))

    async def test_embeddings_hold_no_output(self):
        data = {"model": MODEL + "-embed", "input": ["x" * 4_000]}
        engine("PUT", f"/v1/prices/{MODEL}-embed", {"input": 2, "output": 8, "max_output_tokens": 100})
        await self.budget.async_pre_call_hook(Caller(team_id="team"), None, data, "embeddings")
        self.assertEqual(self.limit()["held"], 0.002)


class FailingEngineTests(unittest.IsolatedAsyncioTestCase):
    ALLOWED = (200, {"decision": "allow", "reservation_id": "rsv_1"})

    def budget(self, address, **more):
        return hook.BudgetEngine(hook.Settings(engine=address, key="bk_secret", timeout=5, **more))

    async def ask(self, budget, data=None):
        return await budget.async_pre_call_hook(Caller(team_id="team"), None, data or {"model": MODEL, "messages": []}, "completion")

    async def test_engine_away_closed_refuses(self):
        with self.assertRaises(HTTPException) as refused:
            await self.ask(self.budget("http://127.0.0.1:9"))
        self.assertEqual((refused.exception.status_code, refused.exception.headers["X-Budget-Code"]), (503, "engine_unavailable"))

    async def test_engine_away_open_passes_without_a_reservation(self):
        data = await self.ask(self.budget("http://127.0.0.1:9", on_outage="open"), {"model": MODEL, "metadata": {"spend_logs_metadata": {"reservation_id": "forged"}}})
        self.assertEqual(data["metadata"]["spend_logs_metadata"], {})

    async def test_check_whose_answer_is_lost_is_repeated_under_one_id(self):
        with FailingEngine(None, self.ALLOWED) as front:
            data = await self.ask(self.budget(front.address))
        self.assertEqual(data["metadata"]["spend_logs_metadata"]["reservation_id"], "rsv_1")
        self.assertEqual(len({body["request_id"] for _, _, body in front.asked}), 1)
        self.assertEqual(len(front.asked), 2)

    async def test_records_wait_for_the_engine_and_are_sent_until_they_are_taken(self):
        taken = (200, {"results": [{"index": 0, "result": "recorded"}]})
        again = (200, {"results": [{"index": 0, "result": "rejected", "code": "overloaded", "retryable": True}]})
        with FailingEngine(None, (503, {}), again, taken) as front:
            budget = self.budget(front.address)
            await budget.async_log_success_event(payload({"model": MODEL, "metadata": {}}, "r-1"), None, None, None)
            await budget.flush()
            self.assertEqual([path for _, path, _ in front.asked], ["/v1/ingest/litellm"] * 4)
            self.assertNotIn("secret prompt", json.dumps(front.asked))
            self.assertEqual({body[0]["id"] for _, _, body in front.asked}, {"r-1"})

    async def test_records_beyond_the_bound_lose_the_oldest(self):
        with FailingEngine((503, {})) as front:
            budget = self.budget(front.address, max_waiting=2)
            for number in range(5):
                await budget.async_log_success_event(payload({"model": MODEL, "metadata": {}}, f"r-{number}"), None, None, None)
            self.assertEqual(budget.lost, 3)
            budget._sender.cancel()

    async def test_key_that_is_wrong_refuses_and_is_told_to_nobody(self):
        with FailingEngine((401, {"code": "invalid_key"})) as front:
            with self.assertLogs("budget_engine", "ERROR") as logged, self.assertRaises(HTTPException) as refused:
                await self.ask(self.budget(front.address, on_outage="open"))
        self.assertEqual(refused.exception.status_code, 403)
        self.assertNotIn("bk_secret", str(logged.output) + str(refused.exception.detail))

    def test_setting_that_is_wrong_does_not_start(self):
        with self.assertRaises(ValueError):
            hook.Settings.read({"BUDGET_ON_OUTAGE": "maybe"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
