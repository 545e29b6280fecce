//! Tickets: what a client shows that can put nothing but an address into its
//! handshake (the automerge-repo adapter). Addresses end up in logs of proxies
//! and in histories, so a ticket opens one connection, once, within a minute;
//! on whichever process it comes to, for storage keeps it. There it lies as a
//! hash: who reads the database or a backup of it cannot use it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use threadline_core::error::Refusal;
use threadline_core::id::WorkspaceId;
use threadline_core::time::Timestamp;

use super::claims::{Claims, SignedWith, bad_token};
use crate::app::App;
use crate::store::{durable, unavailable};
use crate::workspace::blocking;
use crate::{clock, limits};

/// A ticket as storage keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// SHA-256 of its random part.
    pub(crate) digest: [u8; 32],
    /// What the token said that it was issued for.
    pub(crate) claims: Claims,
    /// After this moment it opens nothing.
    pub(crate) expires: Timestamp,
}

/// A ticket's claims as storage keeps them: with the key that verified their
/// token, which no token tells. In one object, as in programs before this one.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    claims: Claims,
    #[serde(flatten)]
    signed_with: Option<SignedWith>,
}

impl Ticket {
    /// Its claims, as they are kept: JSON.
    pub(crate) fn keep(&self) -> serde_json::Result<String> {
        serde_json::to_string(&Kept {
            signed_with: self.claims.signed_with.clone(),
            claims: self.claims.clone(),
        })
    }

    /// A ticket's claims, as they were kept.
    pub(crate) fn kept(text: &str) -> serde_json::Result<Claims> {
        let Kept {
            claims,
            signed_with,
        } = serde_json::from_str(text)?;
        Ok(Claims {
            signed_with,
            ..claims
        })
    }
}

/// Issues a ticket for a member whose token says `claims`: its text, and until
/// when it opens a connection.
pub(crate) async fn issue(app: &App, claims: Claims) -> Result<(String, Timestamp), Refusal> {
    let random = clock::random::<32>().map_err(|error| {
        tracing::error!(%error, "no random bytes for a ticket");
        unavailable()
    })?;
    let workspace = claims.workspace.clone();
    let expires = claims
        .expires()
        .min(clock::now().plus_millis(limits::TICKET_MS));
    let text = format!("{workspace}.{}", hex::encode(random));
    let ticket = Ticket {
        digest: Sha256::digest(random).into(),
        claims,
        expires,
    };
    durable(|done| app.store.put_ticket(&workspace, ticket, clock::now(), done)).await?;
    Ok((text, expires))
}

/// Takes a ticket: what its token said. It cannot be taken a second time. The
/// workspace still has to admit the claims, for they may be revoked meanwhile.
pub(crate) async fn take(app: &Arc<App>, text: &str) -> Result<Claims, Refusal> {
    let (workspace, digest) = parse(text).ok_or_else(bad_token)?;
    let store = Arc::clone(&app.store);
    let ticket = blocking(move || store.take_ticket(&workspace, &digest)).await?;
    let ticket = ticket.filter(|ticket| ticket.expires > clock::now());
    let mut claims = ticket.ok_or_else(bad_token)?.claims;
    // While servers change over, those of before issue tickets for another minute.
    app.keys.complete(&mut claims);
    Ok(claims)
}

/// The workspace and the digest that a ticket's text names.
fn parse(text: &str) -> Option<(WorkspaceId, [u8; 32])> {
    // A workspace's name may hold dots, the random part holds none.
    let (workspace, random) = text.rsplit_once('.')?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(random, &mut bytes).ok()?;
    Some((workspace.parse().ok()?, Sha256::digest(bytes).into()))
}
