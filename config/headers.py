"""Security headers of every answer. The policy has no `unsafe-*`: nothing inline runs, nothing foreign loads."""

from __future__ import annotations

from functools import lru_cache

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


@lru_cache(maxsize=100)
def security_headers(*, is_secure: bool, form_targets: tuple[str, ...] = ()) -> dict[str, str]:
    """Headers for an answer, which nobody changes. `form_targets` are further origins a form's redirect may lead to (Seller Central)."""
    policy = CONTENT_SECURITY_POLICY
    if form_targets:
        policy = policy.replace("form-action 'self'", "form-action 'self' " + " ".join(form_targets))
    headers = {**ALWAYS, "Content-Security-Policy": policy}
    if is_secure:
        headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return headers
