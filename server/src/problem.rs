//! HTTP errors as problem documents (RFC 9457): a stable code and a sentence,
//! never internals.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use threadline_core::error::{Code, Refusal};

use crate::identity::Scope;

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    refusal: Refusal,
}

impl Problem {
    /// No token, or none that fits: one answer, whatever the reason.
    pub(crate) fn unauthorized() -> Self {
        let refusal = Refusal::new(Code::BadToken, "A valid token is needed.");
        Self {
            status: StatusCode::UNAUTHORIZED,
            refusal,
        }
    }

    /// A page that may not connect.
    pub(crate) fn forbidden() -> Self {
        let refusal = Refusal::new(Code::Forbidden, "This origin is not allowed.");
        Self {
            status: StatusCode::FORBIDDEN,
            refusal,
        }
    }

    /// A token that is good for other things (RFC 6750 §3.1).
    pub(crate) fn insufficient_scope(scope: Scope) -> Self {
        let text = format!("The token lacks the scope {}.", scope.word());
        Self {
            status: StatusCode::FORBIDDEN,
            refusal: Refusal::new(Code::Forbidden, text).on("scope"),
        }
    }

    /// The same request is being answered at this moment.
    pub(crate) fn under_way() -> Self {
        let text = "A request with this key is under way; ask again.";
        Self {
            status: StatusCode::CONFLICT,
            refusal: Refusal::new(Code::WrongState, text).on("Idempotency-Key"),
        }
    }

    /// Not there, or not to be seen.
    pub(crate) fn not_found() -> Self {
        let refusal = Refusal::new(Code::NotFound, "There is nothing here.");
        Self {
            status: StatusCode::NOT_FOUND,
            refusal,
        }
    }

    /// There is something here, and nothing like this can be done with it.
    pub(crate) fn other_method() -> Self {
        let text = "This address has no such method.";
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            refusal: Refusal::new(Code::Invalid, text),
        }
    }

    /// A body beyond its limit.
    pub(crate) fn too_large() -> Self {
        let refusal = Refusal::new(Code::TooLong, "The body is too large.");
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            refusal,
        }
    }

    /// A body that broke off.
    pub(crate) fn incomplete() -> Self {
        let refusal = Refusal::new(Code::Invalid, "The body did not arrive whole.");
        Self {
            status: StatusCode::BAD_REQUEST,
            refusal,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.code {
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::BadToken | Code::TokenExpired => StatusCode::UNAUTHORIZED,
            Code::Forbidden | Code::NotAssignee | Code::ChannelNotQualified => {
                StatusCode::FORBIDDEN
            }
            Code::Erased => StatusCode::GONE,
            Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Code::QuotaExceeded => StatusCode::INSUFFICIENT_STORAGE,
            Code::Unavailable | Code::GoingAway | Code::Quarantined => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self { status, refusal }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let code = self.refusal.code;
        let mut body = serde_json::json!({
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.refusal.text,
            "code": self.refusal.code,
        });
        if let Some(field) = self.refusal.field {
            body["field"] = field.into();
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For the counter of refusals.
        response.extensions_mut().insert(code);
        response
    }
}
