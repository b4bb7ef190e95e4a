"""A seller's program as the tests play it: it knows Amazon's paths and nothing of the sandbox's inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx2
import sandbox_samples

CLIENT_ID = "amzn1.application-oa2-client.sandbox"
CLIENT_SECRET = "sandbox-secret"
AGENT = "SandboxTests/1.0 (Language=Python)"
ITEMS = "/listings/2021-08-01/items"
ORDERS = "/orders/2026-01-01/orders"
TYPES = "/definitions/2020-09-01/productTypes"
LONG_AGO = "2020-01-01T00:00:00Z"

Watch = Callable[[str, str, int, Any], Any]


class Control:
    """The sandbox's control API."""

    def __init__(self, url: str):
        self._http = httpx2.Client(base_url=url + "/_sandbox", trust_env=False, verify=False, timeout=30)

    def get(self, path: str, **query: Any) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def patch(self, path: str, **body: Any) -> Any:
        return self._http.patch(path, json=body).raise_for_status().json()

    def delete(self, path: str) -> Any:
        return self._http.delete(path).raise_for_status().json()

    def refused(self, method: str, path: str, body: Any) -> tuple[int, str]:
        answer = self._http.request(method, path, json=body)
        return answer.status_code, answer.json()["error"]

    def wait(self, seconds: float) -> int:
        """Lets sandbox time pass."""
        return int(self.post("/clock", advance_seconds=seconds)["now"])

    def close(self) -> None:
        self._http.close()


class Seller:
    """One account and an access token for it. `watch` sees every answer of the Selling Partner API."""

    def __init__(self, url: str, region: str = "eu", watch: Watch | None = None):
        self.url, self._watch = url, watch
        self.http = httpx2.Client(
            base_url=url, trust_env=False, verify=False, timeout=30, headers={"User-Agent": AGENT}
        )
        self.control = Control(url)
        account = next(one for one in self.control.get("/accounts")["accounts"] if one["region"] == region)
        self.id, self.refresh_token = account["seller_id"], account["refresh_token"]
        self.markets = {one["code"]: one["id"] for one in account["marketplaces"]}
        self.sign_in()

    def __enter__(self) -> Seller:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        self.control.close()

    def token(self, **form: str) -> httpx2.Response:
        """A request to Login with Amazon; what is not given is right."""
        return self.http.post("/auth/o2/token", data={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **form})

    def sign_in(self) -> None:
        answer = self.token(grant_type="refresh_token", refresh_token=self.refresh_token).raise_for_status().json()
        self.http.headers["x-amz-access-token"] = answer["access_token"]

    def wait(self, seconds: float) -> int:
        """Lets sandbox time pass, and takes a fresh token as any client would after an hour."""
        now = self.control.wait(seconds)
        self.sign_in()
        return now

    def call(self, method: str, path: str, json: Any = None, **query: Any) -> httpx2.Response:
        """One call of the API; lists become comma-separated."""
        params = {name: ",".join(v) if isinstance(v, list) else v for name, v in query.items() if v is not None}
        answer = self.http.request(method, path, params=params, **({} if json is None else {"json": json}))
        if self._watch is not None:
            self._watch(method, path, answer.status_code, answer.json() if answer.content else None)
        return answer

    def schema(self, product_type: str, market: str = "DE", **query: Any) -> dict[str, Any]:
        definition = self.call("GET", f"{TYPES}/{product_type}", marketplaceIds=self.markets[market], **query).json()
        schema: dict[str, Any] = self.http.get(definition["schema"]["link"]["resource"]).json()
        return schema

    def sample(
        self, product_type: str = "DRINKING_CUP", market: str = "DE", seed: int = 0, *names: str
    ) -> dict[str, Any]:
        return sandbox_samples.attributes(self.schema(product_type, market), *names, seed=seed)

    def put(
        self, sku: str, product_type: str, attributes: dict[str, Any], market: str = "DE", **query: Any
    ) -> dict[str, Any]:
        body = {"productType": product_type, "requirements": "LISTING", "attributes": attributes}
        answer: dict[str, Any] = self.call(
            "PUT", self.item(sku), body, marketplaceIds=self.markets[market], **query
        ).json()
        return answer

    def patch(
        self, sku: str, *patches: dict[str, Any], markets: tuple[str, ...] = ("DE",), **query: Any
    ) -> dict[str, Any]:
        body = {"productType": "PRODUCT", "patches": list(patches)}
        wanted = [self.markets[market] for market in markets]
        answer: dict[str, Any] = self.call("PATCH", self.item(sku), body, marketplaceIds=wanted, **query).json()
        return answer

    def look(
        self, sku: str, *markets: str, included: str = "summaries,issues,attributes,offers", **query: Any
    ) -> dict[str, Any]:
        wanted = [self.markets[market] for market in markets or ("DE",)]
        answer = self.call("GET", self.item(sku), marketplaceIds=wanted, includedData=included, **query)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def status(self, sku: str, market: str = "DE") -> list[str]:
        summary = self.look(sku, market)["summaries"][0]
        return sorted(summary["status"])

    def publish(
        self, sku: str, product_type: str = "DRINKING_CUP", market: str = "DE", seed: int = 0
    ) -> dict[str, Any]:
        """A listing that is live when this returns."""
        attributes = self.sample(product_type, market, seed)
        assert self.put(sku, product_type, attributes, market)["status"] == "ACCEPTED"
        self.wait(150)
        return attributes

    def orders(self, **query: Any) -> dict[str, Any]:
        """One page of orders; everything since long ago unless a time is given."""
        if not {"createdAfter", "lastUpdatedAfter"} & set(query):
            query["createdAfter"] = LONG_AGO
        found: dict[str, Any] = self.call("GET", ORDERS, **query).raise_for_status().json()
        return found

    def order(self, order_id: str, *parts: str) -> dict[str, Any]:
        answer = self.call("GET", f"{ORDERS}/{order_id}", includedData=list(parts) or None)
        found: dict[str, Any] = answer.raise_for_status().json()["order"]
        return found

    def item(self, sku: str) -> str:
        return f"{ITEMS}/{self.id}/{quote(sku, safe='')}"


def codes(answer: dict[str, Any]) -> set[tuple[str, str]]:
    """The issues of an answer as (code, attribute)."""
    return {(issue["code"], name) for issue in answer["issues"] for name in issue.get("attributeNames", [""])}
