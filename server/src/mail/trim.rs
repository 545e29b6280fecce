//! Where a reply ends and what it quotes begins. The whole text stays one
//! click away, so a wrong guess costs a click and never a word.
//!
//! The visible part ends at the first of:
//! 1. a signature's delimiter (`-- `, RFC 3676 §4.3) or a phone's advertisement;
//! 2. a line that introduces a quote (“On …, Ana wrote:”, in many languages),
//!    if nothing of one's own follows between the quoted lines;
//! 3. a divider (“-----Original Message-----”, a rule of underscores), or the
//!    headers of the quoted message (`From:`, `Sent:`, `To:` …);
//! 4. quoted lines (`>`) that go on to the end.
//!
//! If that leaves nothing, as in a forwarded mail, everything is visible.

/// UTF-16 units of `text` before quotes and signature; `None` where there are none.
pub(crate) fn visible(text: &str) -> Option<u32> {
    let lines = Line::all(text);
    let end = (0..lines.len()).find(|&at| begins_the_rest(&lines, at))?;
    let kept = text[..lines[end].start].trim_end();
    if kept.is_empty() {
        return None;
    }
    u32::try_from(kept.encode_utf16().count()).ok()
}

struct Line<'a> {
    /// Byte position in the text.
    start: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn all(text: &'a str) -> Vec<Self> {
        let mut start = 0;
        let lines = text.split('\n').map(|line| {
            let at = start;
            start += line.len() + 1;
            Line {
                start: at,
                text: line.trim(),
            }
        });
        lines.collect()
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    fn is_quoted(&self) -> bool {
        self.text.starts_with(['>', '|'])
    }
}

fn begins_the_rest(lines: &[Line<'_>], at: usize) -> bool {
    let line = lines[at].text;
    if line.is_empty() {
        return false;
    }
    is_signature(line)
        || is_divider(line)
        || headers_at(lines, at) >= 3
        || introduces_quote(lines, at)
        || lines[at].is_quoted() && only_quotes(&lines[at..])
}

fn is_signature(line: &str) -> bool {
    const PHONES: [&str; 10] = [
        "Sent from my ",
        "Sent from Outlook",
        "Sent from Mail for Windows",
        "Sent via ",
        "Get Outlook for ",
        "Envoyé de mon ",
        "Envoyé depuis mon ",
        "Sendt fra min ",
        "Enviado desde mi ",
        "Von meinem ",
    ];
    matches!(line, "--" | "—" | "––")
        || PHONES.iter().any(|phone| line.starts_with(phone)) && line.len() < 80
}

/// A line of dashes or underscores, with or without words in it.
fn is_divider(line: &str) -> bool {
    let rule = |c| line.chars().filter(|other| *other == c).count();
    let edge = line.starts_with("-----") && line.ends_with("-----");
    edge && line.chars().any(char::is_alphabetic)
        || rule('_') >= 10 && line.chars().all(|c| c == '_')
}

/// How many header lines of a quoted message follow here.
fn headers_at(lines: &[Line<'_>], at: usize) -> usize {
    let found = lines[at..].iter().map_while(|line| header_name(line.text));
    let names: Vec<&str> = found.collect();
    // Anything may be written as "word: value"; a message's headers name who or when.
    if names.iter().any(|name| HEADERS.contains(name)) {
        names.len()
    } else {
        0
    }
}

/// `From` and `Sent` as mail programs translate them.
const HEADERS: [&str; 24] = [
    "from",
    "sent",
    "von",
    "gesendet",
    "de",
    "envoyé",
    "enviado",
    "enviada",
    "da",
    "inviato",
    "van",
    "verzonden",
    "fra",
    "sendt",
    "från",
    "skickat",
    "od",
    "wysłano",
    "от",
    "отправлено",
    "від",
    "надіслано",
    "发件人",
    "發件人",
];

/// The name of a header line, in lower case letters as far as that is ASCII.
fn header_name(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['*', '>', ' ']);
    let (name, value) = line.split_once([':', '\u{ff1a}'])?;
    let name = name.trim_end_matches(['*', ' ']);
    let fits = !name.is_empty()
        && name.chars().count() <= 15
        && name.chars().all(|c| c.is_alphabetic() || c == '-');
    let has_value = !value.trim_matches(['*', ' ']).is_empty();
    (fits && has_value).then(|| {
        HEADERS
            .iter()
            .find(|known| name.to_lowercase() == **known)
            .copied()
            .unwrap_or(name)
    })
}

/// “wrote” as mail programs say it.
const WROTE: [&str; 20] = [
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "escribió",
    "escreveu",
    "ha scritto",
    "schreef",
    "geschreven",
    "skrev",
    "skrifaði",
    "kirjoitti",
    "napisał",
    "napsal",
    "написал",
    "пишет",
    "пише",
    "написав",
    "写道",
    "寫道",
];

/// How the sentence begins where mail programs break it over several lines.
const OPENERS: [&str; 14] = [
    "On ", "Am ", "Le ", "El ", "Il ", "Op ", "Em ", "Den ", "W dniu ", "Dnia ", "Dne ", "Á ",
    "Þann ", "---- On ",
];

/// Whether the sentence that introduces a quote begins here, on one line or
/// broken over a few.
fn introduces_quote(lines: &[Line<'_>], at: usize) -> bool {
    const LINES: usize = 7;
    let first = lines[at].text;
    let opens = OPENERS.iter().any(|opener| first.starts_with(opener))
        || first.starts_with(|c: char| c.is_ascii_digit())
        || first.contains('<') && first.contains('@');
    let mut sentence = String::new();
    for (offset, line) in lines[at..].iter().take(LINES).enumerate() {
        // An address may be broken before its bracket: "> wrote:", ">:".
        let bare = line.text.trim_start_matches(['>', ' ']);
        let wrapped = bare.starts_with(':') || WROTE.iter().any(|word| bare.starts_with(word));
        // Words that name neither a time nor an address are not broken at an empty line.
        let strays =
            line.is_blank() && !sentence.contains(|c: char| c.is_ascii_digit() || c == '@');
        if offset > 0 && (!opens || strays || line.is_quoted() && !wrapped) {
            return false;
        }
        sentence.push_str(line.text);
        sentence.push(' ');
        if is_introduction(sentence.trim_end()) {
            return followed_by_quote(&lines[at + offset + 1..]);
        }
    }
    false
}

/// “On 3 May 2026 at 10:02, Ana <ana@x.example> wrote:” and its like: names an
/// author or a time, and says so at its end.
fn is_introduction(sentence: &str) -> bool {
    let bare = sentence.trim_matches(['-', '*', ' ']);
    let Some(claim) = bare
        .strip_suffix([':', '\u{ff1a}'])
        .or_else(|| bare.ends_with("wrote").then_some(bare))
    else {
        // Some write a date and an address and nothing else: "2026/5/3 Ana <ana@x.example>".
        let dated = bare.starts_with(|c: char| c.is_ascii_digit()) && bare.len() > 10;
        return dated && bare.contains('@') && bare.ends_with('>') && bare.len() < 200;
    };
    let has_time = bare.chars().any(|c| c.is_ascii_digit());
    let has_address = bare.contains('@');
    let says = WROTE.iter().any(|word| claim.contains(word));
    bare.len() < 400
        && (says && (has_time || has_address) || has_time && has_address && claim.ends_with('>'))
}

/// Whether what follows an introduction is the quote and nothing of one's own:
/// all of it quoted, or none, as Outlook does.
fn followed_by_quote(rest: &[Line<'_>]) -> bool {
    match rest.iter().find(|line| !line.is_blank()) {
        Some(first) if first.is_quoted() => only_quotes(rest),
        _ => true,
    }
}

/// Whether nothing but quoted lines and a signature follow. A short line after
/// a quoted one is its wrapped end.
fn only_quotes(rest: &[Line<'_>]) -> bool {
    let mut after_quote = false;
    for line in rest {
        if line.is_quoted() {
            after_quote = true;
        } else if is_signature(line.text) {
            return true;
        } else if line.is_blank() {
            after_quote = false;
        } else if !after_quote {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> &str {
        let units = visible(text).map_or(text.len(), |units| units as usize);
        assert!(
            text.is_ascii() || units == text.len(),
            "the test's texts are counted in bytes"
        );
        &text[..units]
    }

    #[test]
    fn quotes_and_signatures_are_cut() {
        for rest in [
            "-- \nAna\nShop",
            "Sent from my phone",
            "On 3 May 2026 at 10:02, Ben <ben@x.example> wrote:\n> Hello\n>\n> there",
            "On Tue, 3 May 2026 at 10:02, Ben Okafor <ben@x.example>\nwrote:\n\n> Hello",
            "Am 3.5.2026 um 10:02 schrieb Ben:\n> Hallo",
            "Op 3 mei 2026 schreef Ben <ben@x.example>:\n> Hallo",
            "2026-05-03 10:02 GMT+02:00 Ben <ben@x.example>:\n\n> Hello",
            "-----Original Message-----\nFrom: Ben\nHello",
            "________________________________\nFrom: Ben <ben@x.example>\nHello",
            "From: Ben\nSent: Tuesday\nTo: Ana\nSubject: Re: Hi\n\nHello",
            "*Von:* Ben\n*Gesendet:* Dienstag\n*An:* Ana\n\nHallo",
            "> Hello\n> there",
            "On 3 May 2026, Ben <ben@x.example> wrote:\n> Hello\n\n-- \nAna",
        ] {
            assert_eq!(
                shown(&format!("Thank you!\n\n{rest}")),
                "Thank you!",
                "{rest}"
            );
        }
    }

    #[test]
    fn ones_own_words_stay() {
        for text in [
            "Just a text.",
            "> You asked\n\nYes.\n\n> And you asked\n\nNo.",
            "On 3 May 2026, Ben <ben@x.example> wrote:\n> You asked\n\nYes.",
            "Please note:\n- one\n- two",
            "Size: M\nColour: blue\nNumber: 3",
            "---------- Forwarded message ----------\nFrom: Ben\nHello",
            "",
        ] {
            assert_eq!(visible(text), None, "{text}");
        }
    }

    #[test]
    fn positions_are_utf16() {
        assert_eq!(visible("😀 ü\n> x"), Some(4));
    }
}
