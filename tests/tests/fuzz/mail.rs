//! Mails: whatever arrives becomes a message that is fit to be kept and shown.

use threadline_core::limits;
use threadline_core::time::Timestamp;
use threadline_server::mail::take_apart;

use crate::engine::fuzz;

const PLAIN: &str = "From: Kim <kim@mail.example>\r\nTo: team@larkspur.example\r\n\
    Subject: =?utf-8?q?A_l=C3=A2mp?=\r\nMessage-ID: <1@mail.example>\r\n\
    Date: Mon, 16 Nov 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    Where is it?\r\n\r\nOn Sunday Ana wrote:\r\n> On its way.\r\n-- \r\nKim\r\n";
const MIXED: &str = "From: Kim <kim@mail.example>\r\nSubject: Photo\r\nReferences: <1@a> <2@b>\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
    Content-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\
    Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    Gr=FC=DFe\r\n--c\r\nContent-Type: text/html\r\n\r\n\
    <p onclick=\"x()\">Hi <a href=\"javascript:x()\">you</a><script>x()</script>\
    <blockquote>old</blockquote><img src=x onerror=x()>\r\n--c--\r\n--b\r\n\
    Content-Type: image/png; name=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\
    Content-Disposition: attachment; filename=\"a.png\"\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";

#[test]
fn mail() {
    let now = Timestamp::from_millis(1_790_000_000_000);
    let seeds = [PLAIN, MIXED, "", "\r\n\r\n", "Subject: only"];
    let seeds = seeds.iter().map(|mail| mail.as_bytes().to_vec()).collect();
    fuzz("mail", seeds, |raw| {
        let (text, html, visible) = take_apart(raw, now);
        assert!(text.encode_utf16().count() <= limits::BODY_UNITS);
        assert!(visible.is_none_or(|units| units as usize <= text.encode_utf16().count()));
        if let Some(html) = &html {
            let lower = html.to_ascii_lowercase();
            for bad in ["<script", "<iframe", "<object", "<style", "<form"] {
                assert!(!lower.contains(bad), "{html}");
            }
        }
        let size = |text: &str| text.len().checked_ilog2();
        (size(&text), html.as_deref().map(size), visible.is_some())
    });
}
