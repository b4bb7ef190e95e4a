"""The sandbox as a web application: Login with Amazon, the consent page, schema documents, the bank's rates, the
carriers, the translators and the control API have routes of their own; everything else goes through Amazon's gate."""

from __future__ import annotations

import json
import uuid
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import InternalServerError, NotFound

from sandbox import control, ecb
from sandbox.amazon import consent, definitions, faults, gate, lwa, uploads
from sandbox.amazon.consent import LOOPBACK, ConsentError
from sandbox.amazon.world import World
from sandbox.carriers import web as carriers
from sandbox.carriers.web import TRANSPORT
from sandbox.translators import web as translators

TOKEN_PATH = "/auth/o2/token"
OWN = (definitions.DOCUMENTS, uploads.PREFIX, ecb.PREFIX, *carriers.PREFIXES, *translators.PREFIXES, "/_sandbox/")


def create_app(world: World) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.json.ensure_ascii = False  # type: ignore[attr-defined]

    @app.post(TOKEN_PATH)
    def token() -> Response:
        return _token(world)

    @app.get(consent.PATH)
    def consent_page() -> Response:
        query = request.args.to_dict()
        with world.turn():
            try:
                return _page(consent.page(world, consent.application_for(world, query), query))
            except ConsentError as error:
                return _page(consent.error_page(error), 400)

    @app.post(consent.PATH)
    def decide() -> Response:
        query = request.form.to_dict()
        with world.turn() as now:
            try:
                application = consent.application_for(world, query)
                if query.get("decision") != "confirm":
                    return _page(consent.cancelled_page())
                answer = redirect(consent.confirm(world, application, query, now))
                assert isinstance(answer, Response)
                return answer
            except ConsentError as error:
                return _page(consent.error_page(error), 400)

    @app.get(definitions.DOCUMENTS + "<link>")
    def document(link: str) -> Response:
        with world.turn() as now:
            found = definitions.document(world, link, now)
        if found is None:
            refusal = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
            return Response(refusal, 403, content_type="application/xml")
        return Response(found.text, content_type="application/json")

    @app.route(uploads.PREFIX + "<name>", methods=["PUT", "POST", "GET"])
    def storage(name: str) -> Response:
        return _stored(world, name)

    app.register_blueprint(control.blueprint(world))
    app.register_blueprint(ecb.blueprint(world))
    app.register_blueprint(carriers.blueprint(world))
    app.register_blueprint(translators.blueprint(world))

    @app.before_request
    def guard() -> tuple[Response, int] | None:
        """A web page open in somebody's browser on this machine has no business here."""
        host = urlsplit(f"//{request.host}").hostname
        is_foreign = request.headers.get("Origin", "") not in ("", request.host_url.rstrip("/"))
        if host not in LOOPBACK or (is_foreign and request.path.startswith("/_sandbox/")):
            return jsonify(error="The sandbox serves this machine only, and its control API no web pages."), 403
        return None

    @app.before_request
    def amazon() -> Response | None:
        """Whatever has no route of its own is meant for the Selling Partner API, which reads paths its own way."""
        if request.path in (TOKEN_PATH, consent.PATH) or request.path.startswith(OWN):
            return None
        reply = gate.answer(
            world,
            gate.Request(
                request.method,
                request.environ["RAW_URI"].partition("?")[0],
                request.args.to_dict(flat=False),
                {name.lower(): value for name, value in request.headers.items()},
                request.get_data(),
                request.host_url.rstrip("/"),
            ),
        )
        request.environ[TRANSPORT] = reply.transport
        response = Response(reply.body, reply.status)
        response.headers.remove("Content-Type")
        response.headers.extend(reply.headers)
        return response

    @app.errorhandler(InternalServerError)
    def failed(error: InternalServerError) -> tuple[Response, int]:
        """A mistake of the sandbox. Its trace is on standard error; the client sees what Amazon would say."""
        return jsonify(errors=[{"code": "InternalFailure", "message": "We encountered an internal error."}]), 500

    @app.errorhandler(NotFound)
    def unknown(error: NotFound) -> tuple[Response, int]:
        return jsonify(error="The control API has no such path."), 404

    return app


def _stored(world: World, name: str) -> Response:
    """A file comes to a signed address; faults of `upload` strike here."""
    struck = {fault.kind for fault in world.faults.hit(uploads.STORAGE, faults.TRANSPORT)}
    headers = {key.lower(): value for key, value in request.headers.items()}
    status, text = 503, "<Error><Code>SlowDown</Code></Error>"
    with world.turn() as now:
        if not struck & {"html_503", "throttle", "empty_500"}:
            sign = request.args.get("X-Amz-Signature", "")
            status, text = uploads.store(world, name, sign, request.method, headers, request.get_data(), now)
        moment = now
    world.journal.write(
        operation=uploads.STORAGE, method=request.method, path=request.path, query={}, status=status, seller_id=None,
        user_agent=headers.get("user-agent", ""), body=b"",
        moment=moment, request_id="", fault=",".join(sorted(struck)) or None,
    )  # fmt: skip
    request.environ[TRANSPORT] = next((kind for kind in ("reset", "truncated") if kind in struck), None)
    return Response(text, status, content_type="application/xml")


def _token(world: World) -> Response:
    """Login with Amazon's own request: no access token, its own error bodies, and its own faults."""
    request_id, body = str(uuid.uuid4()), request.get_data()
    struck = {fault.kind for fault in world.faults.hit(faults.LOGIN, (*faults.TRANSPORT, "lwa_down"))}
    status, answer = 200, {}
    if struck & {"lwa_down", "html_503"}:
        response = _page("<html><body><h1>Service Unavailable</h1></body></html>", 503)
    elif "empty_500" in struck:
        response = Response(b"", 500)
    else:
        with world.turn() as now:
            authorization = request.authorization
            basic = (
                (authorization.username or "", authorization.password or "")
                if authorization is not None and authorization.type == "basic"
                else None
            )
            try:
                if "throttle" in struck:
                    raise lwa.Refusal(429, "slow_down", "Too many requests")
                if request.mimetype != "application/x-www-form-urlencoded":
                    raise lwa.Refusal(400, "invalid_request", "The request body has to be form-encoded")
                answer = lwa.answer(world, request.form.to_dict(), basic, now)
            except lwa.Refusal as error:
                status = error.status
                answer = {"error": error.error, "error_description": error.description, "request_id": request_id}
        response = Response(json.dumps(answer), status, content_type="application/json;charset=UTF-8")
    response.headers["Cache-Control"] = "no-store"
    response.headers["x-amzn-RequestId"] = request_id
    request.environ[TRANSPORT] = next((kind for kind in ("reset", "truncated") if kind in struck), None)
    world.journal.write(
        operation=faults.LOGIN, method="POST", path=TOKEN_PATH, query={"grant_type": [request.form.get("grant_type", "")]},
        status=response.status_code, seller_id=None, user_agent=request.headers.get("User-Agent", ""), body=body,
        moment=world.clock.now(), request_id=request_id, fault=",".join(sorted(struck)) or None,
    )  # fmt: skip
    return response


def _page(html: str, status: int = 200) -> Response:
    return Response(html, status, content_type="text/html; charset=utf-8", headers={"Referrer-Policy": "no-referrer"})
