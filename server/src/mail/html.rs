//! HTML of a mail: made harmless, and read as text where a mail has no other.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::limits;

/// Without scripts, styles, forms, SVG and MathML; links open nothing but web,
/// mail and phone addresses. Remote images stay named: whoever shows the HTML
/// loads them on request only.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::default();
    builder
        .clean_content_tags(HashSet::from([
            "script", "style", "title", "head", "template", "noscript",
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::Deny);
    builder
});

/// The HTML with everything taken out that could act; `None` where it is too
/// large or nested too deep to be worth the time.
pub(crate) fn sanitise(html: &str) -> Option<String> {
    let affordable =
        html.len() <= limits::MAIL_HTML_BYTES && depth(html) <= limits::MAIL_HTML_DEPTH;
    affordable.then(|| SANITISER.clean(html).to_string())
}

/// How deep elements nest, or a little more. Parsing takes time with the
/// square of it, and anybody may send a mail of nothing but opened elements.
fn depth(html: &str) -> usize {
    // Those that have no end tag, or often go without.
    const SINGLE: [&str; 16] = [
        "area", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "p", "td",
        "th", "tr", "wbr",
    ];
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        if name.is_empty() || SINGLE.contains(&name.as_str()) {
            continue;
        }
        depth = step(depth, closing);
        deepest = deepest.max(depth);
    }
    deepest
}

/// Plain text as HTML, for mails that mix both.
pub(super) fn from_text(text: &str) -> String {
    let escaped = ammonia::clean_text(text)
        .replace("&#10;", "\n")
        .replace("&#32;", " ");
    format!("<p>{}</p>", escaped.replace('\n', "<br>"))
}

/// What HTML says, as text: a line for each block, `> ` before
/// quotes, `- ` before list items. Total: what is no tag is text. Made for
/// what the sanitiser writes.
pub(super) fn to_text(sanitised: &str) -> String {
    let mut text = Text::default();
    let mut rest = sanitised;
    while let Some(open) = rest.find('<') {
        text.words(&rest[..open]);
        let tag = &rest[open + 1..];
        let end = tag_end(tag);
        text.tag(&tag[..end]);
        rest = tag.get(end + 1..).unwrap_or_default();
    }
    text.words(rest);
    text.finish()
}

/// Where a tag ends: at the first `>` outside quotes.
fn tag_end(tag: &str) -> usize {
    let mut quoted = false;
    let end = tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    });
    end.unwrap_or(tag.len())
}

#[derive(Default)]
struct Text {
    done: String,
    line: String,
    quotes: usize,
    preformatted: usize,
    blank_before: bool,
}

impl Text {
    fn words(&mut self, html: &str) {
        // The sanitiser writes no other entities than these.
        let plain = html
            .replace("&nbsp;", "\u{a0}")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        if self.preformatted > 0 {
            for (index, line) in plain.split('\n').enumerate() {
                if index > 0 {
                    self.end_line();
                }
                self.line.push_str(line);
            }
            return;
        }
        for c in plain.chars() {
            // No-break spaces hold layouts together; as text they are spaces.
            if !c.is_whitespace() {
                self.line.push(c);
            } else if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
        }
    }

    fn tag(&mut self, tag: &str) {
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let name = name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        match name {
            "br" => self.end_line(),
            "hr" => self.paragraph(),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "table" => {
                self.paragraph();
            }
            "div" | "tr" | "dt" | "dd" | "section" | "article" | "header" | "footer" | "center" => {
                self.block();
            }
            "td" | "th" if closing => self.words(" "),
            "li" => {
                self.block();
                if !closing {
                    self.line.push_str("- ");
                }
            }
            "pre" => {
                self.block();
                self.preformatted = step(self.preformatted, closing);
            }
            "blockquote" => {
                self.paragraph();
                self.quotes = step(self.quotes, closing);
            }
            "img" => {
                if let Some((_, alt)) = tag.split_once("alt=\"") {
                    self.words(alt.split('"').next().unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    /// Ends the line where it holds something.
    fn block(&mut self) {
        if !self.line.trim().is_empty() {
            self.end_line();
        }
        self.line.clear();
    }

    /// Leaves an empty line before what comes.
    fn paragraph(&mut self) {
        self.block();
        self.blank_before = !self.done.is_empty();
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let prefix = "> ".repeat(self.quotes);
        if std::mem::take(&mut self.blank_before) && !self.done.ends_with("\n\n") {
            self.done.push('\n');
        }
        self.done.push_str(&prefix);
        self.done.push_str(line.trim_end());
        self.done.push('\n');
    }

    fn finish(mut self) -> String {
        self.block();
        self.done.trim_matches('\n').to_owned()
    }
}

fn step(depth: usize, closing: bool) -> usize {
    if closing {
        depth.saturating_sub(1)
    } else {
        depth + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_survives() {
        for (html, expect) in [
            ("<p onclick=x()>a<script>b()</script></p>", "<p>a</p>"),
            ("<svg><script>x</script></svg><math>y</math>", "y"),
            (
                "<a href=javascript:x()>a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            (
                "<a href=/local>a</a>",
                "<a rel=\"noopener noreferrer\">a</a>",
            ),
            ("<style>p{}</style><form><input>a</form>", "a"),
            (
                "<iframe src=//x></iframe><b style=\"position:fixed\">a</b>",
                "<b>a</b>",
            ),
            ("<head><title>t</title></head><body>a</body>", "a"),
        ] {
            assert_eq!(sanitise(html).as_deref(), Some(expect), "{html}");
        }
    }

    #[test]
    fn what_would_take_too_long_is_not_parsed() {
        assert_eq!(sanitise(&"<div>".repeat(10_000)), None);
        assert_eq!(sanitise(&"a".repeat(limits::MAIL_HTML_BYTES + 1)), None);
        let long = "<p>a<br>b<ul><li>c</ul>".repeat(1_000);
        assert!(sanitise(&long).is_some(), "long is not deep");
    }

    #[test]
    fn html_reads_as_text() {
        for (html, expect) in [
            (
                "<p>One\n two</p><p>Three<br>four</p>",
                "One two\n\nThree\nfour",
            ),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("<ul><li>x</li><li>y</li></ul>z", "- x\n- y\n\nz"),
            (
                "Yes.<blockquote>First<br>second</blockquote>",
                "Yes.\n\n> First\n> second",
            ),
            ("a &lt; b &amp;&amp; c&nbsp;d", "a < b && c d"),
            ("<pre>x\n  y</pre>", "x\n  y"),
            (
                "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>",
                "1 2\n3",
            ),
            ("<img alt=\"a > b\" src=\"https://x.example/i\">c", "a > bc"),
            ("a < b", "a < b"),
            ("", ""),
        ] {
            assert_eq!(to_text(&sanitise(html).unwrap()), expect, "{html}");
        }
    }
}
