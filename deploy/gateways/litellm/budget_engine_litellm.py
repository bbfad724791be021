"""Budgets of BudgetEngine in LiteLLM's proxy: a call is held before it is made, and settled with what it cost. Standard library only.

Environment: BUDGET_ENGINE (http://127.0.0.1:8080), BUDGET_KEY (scopes check and usage), and what Settings says. How it is used: README.md beside this file.
"""

import asyncio
import hashlib
import json
import logging
import os
import re
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger

log = logging.getLogger("budget_engine")

# Calls of models; everything else (lists, health, moderation) passes.
BUDGETED = frozenset((
    "completion", "acompletion", "text_completion", "atext_completion", "embeddings", "embedding", "aembedding", "anthropic_messages", "responses", "aresponses",
))
# As the gateway answers: none of these is repeated by official libraries, but for a rate limit.
STATUSES = {"budget_exceeded": 402, "rate_limited": 429}
# Parts of a request that are no text but cost input.
CHARACTERS_OF_ATTACHMENT = 6_400
# Never sent: prompts and answers are nobody's business but the caller's and the provider's.
PRIVATE = ("messages", "response", "error_str")


@dataclass(frozen=True)
class Settings:
    engine: str
    key: str
    # "closed": calls are refused (503) while the engine is away; "open": they pass, and hold nothing.
    on_outage: str = "closed"
    # Seconds for one question.
    timeout: float = 1.0
    # The key's own cost center; names of teams are below it. The engine books what has no reservation by the same rule.
    cost_center: str = "default"
    # How long a call may take before its hold lapses.
    ttl_seconds: int = 600
    # Records that wait for the engine; beyond it the oldest is lost, which is told.
    max_waiting: int = 10_000

    @staticmethod
    def read(environment=os.environ):
        settings = Settings(
            engine=environment.get("BUDGET_ENGINE", "http://127.0.0.1:8080").rstrip("/"),
            key=environment.get("BUDGET_KEY", ""),
            on_outage=environment.get("BUDGET_ON_OUTAGE", "closed"),
            timeout=float(environment.get("BUDGET_TIMEOUT", "1")),
            cost_center=environment.get("BUDGET_COST_CENTER", "default"),
            ttl_seconds=int(environment.get("BUDGET_TTL_SECONDS", "600")),
        )
        if settings.on_outage not in ("closed", "open"):
            raise ValueError("BUDGET_ON_OUTAGE must be closed or open")
        return settings


class EngineAway(Exception):
    """The engine does not answer, or not now; the outcome is unknown."""


class Engine:
    """The engine over HTTP. Blocking, so that it needs no library: it is asked on another thread."""

    def __init__(self, settings):
        self._settings = settings

    async def ask(self, method, path, body=None):
        """The answer's status and JSON."""
        return await asyncio.to_thread(self._ask, method, path, None if body is None else json.dumps(body, default=str).encode())

    def _ask(self, method, path, body):
        headers = {"Content-Type": "application/json"}
        if self._settings.key:
            headers["X-Budget-Key"] = self._settings.key
        request = urllib.request.Request(self._settings.engine + path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self._settings.timeout) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refused:
            with refused:
                text = refused.read()
            if refused.code >= 500:
                raise EngineAway(f"it answers {refused.code}") from None
            try:
                return refused.code, json.loads(text)
            except ValueError:
                return refused.code, {}
        except (OSError, ValueError) as gone:
            raise EngineAway(type(gone).__name__) from None


class BudgetEngine(CustomLogger):
    """LiteLLM's callback: `callbacks: budget_engine_litellm.budget`."""

    def __init__(self, settings=None):
        super().__init__()
        self._settings = settings or Settings.read()
        self._engine = Engine(self._settings)
        self._waiting = []
        self._sender = None
        self.lost = 0

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        """Once for each request of a client, before all its tries: holds what it can cost, or refuses it."""
        if call_type not in BUDGETED:
            return data
        # A client may send metadata of its own: whatever reservation that names is not its.
        self._put(data, None)
        try:
            status, answer = await self._check(user_api_key_dict, data)
        except EngineAway as away:
            if self._settings.on_outage == "open":
                log.warning("the engine is away (%s): a call passes without a budget", away)
                return data
            raise denial(503, "engine_unavailable", None) from None
        if status != 200:
            log.error("the engine refuses a check: %s %s", status, answer.get("code"))
            raise denial(403, answer.get("code") or "check_refused", None)
        if answer["decision"] != "allow":
            raise denial(STATUSES.get(answer["reason"], 403), answer["reason"], answer)
        self._put(data, answer.get("reservation_id"))
        return data

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        """Also at the end of a stream, with what it used in all."""
        self._settle(kwargs)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        """Of one try: recorded with its error. Its hold stays, since the call may be tried again."""
        self._settle(kwargs)

    async def async_post_call_failure_hook(self, request_data, original_exception, user_api_key_dict, traceback_str=None):
        """After the last try: nothing more will come, so the hold is given back."""
        reservation = reservation_of(request_data)
        if reservation is None:
            return
        self._put(request_data, None)
        try:
            await self._engine.ask("DELETE", f"/v1/reservations/{quote(reservation, safe='')}")
        except EngineAway as away:
            log.warning("a hold could not be given back (%s); it lapses", away)

    async def flush(self):
        """Waits until everything that was used so far has been taken by the engine, or refused."""
        while self._sender is not None and not self._sender.done():
            await asyncio.shield(self._sender)

    async def _check(self, caller, data):
        question = {
            "cost_center": cost_center_of(self._settings, caller),
            "model": data.get("model"),
            "input_characters": characters_of(data),
            "user": getattr(caller, "end_user_id", None) or getattr(caller, "user_id", None),
            # Not LiteLLM's call id, which a client may choose. A repeat of this question is the same reservation.
            "request_id": f"litellm-{uuid.uuid4().hex}",
            "ttl_seconds": self._settings.ttl_seconds,
        }
        limit = next((data[name] for name in ("max_completion_tokens", "max_tokens", "max_output_tokens") if isinstance(data.get(name), int)), None)
        if limit is not None:
            question["max_output_tokens"] = limit * (data["n"] if isinstance(data.get("n"), int) and data["n"] > 0 else 1)
        elif call_needs_no_output(data):
            question["max_output_tokens"] = 0
        question = {name: value for name, value in question.items() if value is not None}
        try:
            return await self._engine.ask("POST", "/v1/check", question)
        except EngineAway:
            # The first may have been taken; under the same id nothing is held twice.
            return await self._engine.ask("POST", "/v1/check", question)

    def _put(self, data, reservation):
        """Beside the call, where LiteLLM passes it on to its log. It has two places, by the kind of call."""
        for place in ("metadata", "litellm_metadata"):
            metadata = data.get(place)
            if not isinstance(metadata, dict):
                if place == "litellm_metadata":
                    continue
                metadata = data[place] = {}
            logged = dict(metadata.get("spend_logs_metadata") or {})
            logged.pop("reservation_id", None)
            if reservation is not None:
                logged["reservation_id"] = reservation
            metadata["spend_logs_metadata"] = logged

    def _settle(self, kwargs):
        payload = kwargs.get("standard_logging_object")
        if not payload:
            return
        if len(self._waiting) >= self._settings.max_waiting:
            self._waiting.pop(0)
            self.lost += 1
            log.error("too many records wait for the engine; %s are lost so far", self.lost)
        self._waiting.append({name: value for name, value in payload.items() if name not in PRIVATE})
        if self._sender is None or self._sender.done():
            self._sender = asyncio.get_running_loop().create_task(self._send())

    async def _send(self):
        """Until nothing waits. A record that is sent again is recorded once: the engine knows it by LiteLLM's id."""
        pause = 0.1
        while self._waiting:
            batch = self._waiting[:100]
            try:
                status, answer = await self._engine.ask("POST", "/v1/ingest/litellm", batch)
            except EngineAway as away:
                status, answer = None, str(away)
            if status != 200:
                log.warning("the engine does not take usage now (%s); %s records wait", status or answer, len(self._waiting))
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30.0)
                continue
            pause = 0.1
            results = answer.get("results", [])
            again = [batch[r["index"]] for r in results if r["result"] == "rejected" and r.get("retryable")]
            for refused in (r for r in results if r["result"] == "rejected" and not r.get("retryable")):
                log.error("the engine rejects a record: %s", refused.get("code"))
            # What came meanwhile stands behind; what is too much was dropped from the front.
            self._waiting = again + [record for record in self._waiting if not any(record is sent for sent in batch)]
            if again:
                await asyncio.sleep(pause)


def denial(status, reason, answer):
    """As LiteLLM shows it: the detail is the message. It names the reason and when to come back, never limits or spend."""
    window = (answer or {}).get("blocked_by") or {}
    resets_at, reservations, lapses_at = window.get("resets_at"), window.get("reservations"), window.get("next_lapse_at")
    if reservations and (answer.get("estimated") or 0) <= (window.get("remaining") or 0):
        why = f" It is not spent, but held by {reservations} open reservations" + (f"; the next lapses at {lapses_at}." if lapses_at else ".")
    else:
        why = f" It resets at {resets_at}." if resets_at else ""
    detail = {"error": {"message": f"Denied by the budget: {reason}.{why}", "type": "budget", "param": None, "code": reason}}
    headers = {"x-should-retry": "false", "X-Budget-Code": reason}
    retry_after = 1 if status == 503 else (answer or {}).get("retry_after_seconds")
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return HTTPException(status_code=status, detail=detail, headers=headers)


def reservation_of(data):
    for place in ("metadata", "litellm_metadata"):
        metadata = data.get(place)
        if isinstance(metadata, dict) and isinstance(metadata.get("spend_logs_metadata"), dict):
            reservation = metadata["spend_logs_metadata"].get("reservation_id")
            if isinstance(reservation, str):
                return reservation
    return None


def cost_center_of(settings, caller):
    """By the engine's own default rule for LiteLLM's payloads (Ingest:LiteLlm:CostCenterFrom), so that a hold and its record are of one cost center."""
    name = next((value for value in (getattr(caller, field, None) for field in ("team_id", "key_alias", "end_user_id")) if value), None)
    return settings.cost_center if name is None else f"{settings.cost_center}/{segment_of(name)}"


def segment_of(name):
    """A name as a segment of a path: itself where it is one, else what is readable of it and a hash."""
    if re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name) and not re.search(r".-[0-9a-f]{16}$", name):
        return name
    readable = ""
    for character in name.lower():
        if len(readable) == 64 - 17:
            break
        if character.isascii() and character.isalnum():
            readable += character
        elif readable and readable[-1] != "-":
            readable += "-"
    return f"{readable.rstrip('-') or 'name'}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def call_needs_no_output(data):
    """Embeddings have an input and no messages, and produce no tokens."""
    return "input" in data and "messages" not in data and "prompt" not in data and not isinstance(data.get("input"), dict) and "embed" in str(data.get("model", "")).lower()


def characters_of(data):
    """Everything that is text in what the model reads; an attachment counts as a number of them."""
    return sum(_characters(data[name]) for name in ("messages", "system", "prompt", "input", "instructions", "tools", "functions") if name in data)


def _characters(value):
    if isinstance(value, str):
        return CHARACTERS_OF_ATTACHMENT if value.startswith("data:") else len(value)
    if isinstance(value, dict):
        if value.get("type") in ("image_url", "image", "input_image", "input_audio", "file", "document"):
            return CHARACTERS_OF_ATTACHMENT
        return sum(_characters(part) + len(name) for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return sum(_characters(part) for part in value)
    return len(str(value))


budget = BudgetEngine()
