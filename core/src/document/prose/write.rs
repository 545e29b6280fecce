//! Makes a text equal to wanted spans by a small difference, so that what
//! others type elsewhere at the same time stays where they typed it.
//!
//! First the content: what is equal at both ends is left alone, the middle is
//! compared by graphemes and markers. Then the marks: only ranges that differ
//! get an operation. Automerge's own `update_spans` compares the whole text,
//! sets overlapping marks anew and deletes but the first code point of a
//! composed character.

use std::collections::{BTreeMap, BTreeSet};

use automerge::hydrate;
use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ReadDoc, Value};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::parts::{block_weight, marks_weight};
use super::{broken, check_spans, spans, write_block, write_value};
use crate::error::{Code, Refusal};
use crate::model::{Block, MarkValue, Marks, Span};

/// Differences in a middle up to which it is compared in detail; a middle that
/// differs more is replaced as a whole. Comparing costs their square.
const DIFFERENCES: usize = 400;

/// Letters before a cut that are asked whether it is inside a grapheme.
const CONTEXT: usize = 32;

/// Makes a text object equal to `wanted`.
pub(crate) fn write(doc: &mut AutoCommit, text: &ObjId, wanted: &[Span]) -> Result<(), Refusal> {
    check_spans(wanted)?;
    let current = spans(doc, text);
    match write_content(doc, text, &current, wanted)? {
        Some(marks) => write_marks(doc, text, &marks, wanted),
        None => {
            let current = spans(doc, text);
            write_marks(doc, text, &by_position(&current), wanted)
        }
    }
}

/// A block marker, or a grapheme.
#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    Block(&'a Block),
    Text(String),
}

/// A block marker, or a code point.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Atom<'a> {
    Block(&'a Block),
    Char(char),
}

impl Atom<'_> {
    /// Positions that it takes.
    fn width(self) -> usize {
        match self {
            Atom::Block(_) => 1,
            Atom::Char(c) => c.len_utf16(),
        }
    }

    fn letter(self) -> Option<char> {
        match self {
            Atom::Block(_) => None,
            Atom::Char(c) => Some(c),
        }
    }
}

impl Token<'_> {
    /// Positions that it takes.
    fn width(&self) -> usize {
        match self {
            Token::Block(_) => 1,
            Token::Text(text) => text.encode_utf16().count(),
        }
    }
}

fn atoms(spans: &[Span]) -> Vec<Atom<'_>> {
    let mut atoms = Vec::new();
    for span in spans {
        match span {
            Span::Block { value } => atoms.push(Atom::Block(value)),
            Span::Text { value, .. } => atoms.extend(value.chars().map(Atom::Char)),
        }
    }
    atoms
}

fn tokens<'a>(atoms: &[Atom<'a>]) -> Vec<Token<'a>> {
    let mut tokens = Vec::new();
    let mut text = String::new();
    let flush = |text: &mut String, tokens: &mut Vec<Token<'a>>| {
        tokens.extend(text.graphemes(true).map(|it| Token::Text(it.to_owned())));
        text.clear();
    };
    for atom in atoms {
        match atom {
            Atom::Char(c) => text.push(*c),
            Atom::Block(block) => {
                flush(&mut text, &mut tokens);
                tokens.push(Token::Block(block));
            }
        }
    }
    flush(&mut text, &mut tokens);
    tokens
}

/// Whether a text may be cut before `at` without cutting a grapheme: at its
/// ends, beside a marker, and where Unicode says so of the letters around (of a
/// grapheme longer than [`CONTEXT`] it may say so within).
fn cuts_cleanly(atoms: &[Atom<'_>], at: usize) -> bool {
    let (before, after) = atoms.split_at(at);
    let ends = [before.last(), after.first()];
    let [Some(Atom::Char(last)), Some(Atom::Char(next))] = ends else {
        return true;
    };
    if [last, next].iter().all(|c| matches!(c, ' '..='~')) {
        return true;
    }
    let context = before.iter().rev().map_while(|atom| atom.letter());
    let context: Vec<char> = context.take(CONTEXT).collect();
    let mut text: String = context.into_iter().rev().collect();
    let cut = text.len();
    text.push(*next);
    let mut cursor = GraphemeCursor::new(cut, text.len(), true);
    cursor.is_boundary(&text, 0).unwrap_or(false)
}

/// How many atoms are equal at the beginning and at the end.
fn common_ends(old: &[Atom<'_>], new: &[Atom<'_>]) -> (usize, usize) {
    let pairs = old.iter().zip(new);
    let mut prefix = pairs.take_while(|(old, new)| old == new).count();
    while !cuts_cleanly(old, prefix) || !cuts_cleanly(new, prefix) {
        prefix -= 1;
    }
    let pairs = old[prefix..].iter().rev().zip(new[prefix..].iter().rev());
    let mut suffix = pairs.take_while(|(old, new)| old == new).count();
    while !cuts_cleanly(old, old.len() - suffix) || !cuts_cleanly(new, new.len() - suffix) {
        suffix -= 1;
    }
    (prefix, suffix)
}

/// How two texts differ but for marks: the tokens between their equal ends.
struct Difference<'a> {
    /// The position where they begin.
    at: usize,
    old: Vec<Token<'a>>,
    new: Vec<Token<'a>>,
    /// Which tokens stay, by their places in both, in order.
    stay: Vec<(usize, usize)>,
}

impl<'a> Difference<'a> {
    fn between(current: &'a [Span], wanted: &'a [Span]) -> Self {
        let (old, new) = (atoms(current), atoms(wanted));
        let (prefix, suffix) = common_ends(&old, &new);
        let at = old[..prefix].iter().map(|atom| atom.width()).sum();
        let old = tokens(&old[prefix..old.len() - suffix]);
        let new = tokens(&new[prefix..new.len() - suffix]);
        let stay = equal_pairs(&old, &new);
        Self { at, old, new, stay }
    }

    /// What goes and what comes in its place before each token that stays, and
    /// how wide that is; nothing stays behind the last.
    fn gaps(&self) -> impl Iterator<Item = (&[Token<'a>], &[Token<'a>], usize)> {
        let ends = (self.old.len(), self.new.len());
        let (mut old_done, mut new_done) = (0, 0);
        let stay = self.stay.iter().copied();
        stay.chain([ends]).map(move |(old_at, new_at)| {
            let (gone, come) = (&self.old[old_done..old_at], &self.new[new_done..new_at]);
            (old_done, new_done) = (old_at + 1, new_at + 1);
            (gone, come, self.new.get(new_at).map_or(0, Token::width))
        })
    }
}

/// About how many operations it takes to make a text equal to another.
pub(super) fn weight(current: &[Span], wanted: &[Span]) -> usize {
    let of = |token: &Token<'_>| match token {
        Token::Block(block) => block_weight(block),
        Token::Text(text) => text.chars().count(),
    };
    let difference = Difference::between(current, wanted);
    let content: usize = difference
        .gaps()
        .map(|(gone, come, _)| gone.iter().chain(come).map(of).sum::<usize>())
        .sum();
    let pairs = current.iter().zip(wanted);
    let same = pairs.take_while(|(old, new)| old == new).count();
    let (current, wanted) = (&current[same..], &wanted[same..]);
    let pairs = current.iter().rev().zip(wanted.iter().rev());
    let same = pairs.take_while(|(old, new)| old == new).count();
    let spans = current[..current.len() - same].iter();
    let spans = spans.chain(&wanted[..wanted.len() - same]);
    let marks: usize = spans
        .map(|span| match span {
            Span::Text { marks, .. } => marks_weight(marks),
            Span::Block { .. } => 0,
        })
        .sum();
    content + marks
}

/// Writes everything but marks. Returns the marks by position, unless text
/// came in, which takes over marks of its neighbours.
fn write_content<'a>(
    doc: &mut AutoCommit,
    text: &ObjId,
    current: &'a [Span],
    wanted: &[Span],
) -> Result<Option<Vec<PositionMarks<'a>>>, Refusal> {
    let difference = Difference::between(current, wanted);
    let mut pen = Pen {
        doc,
        text,
        at: difference.at,
        marks: Some(by_position(current)),
    };
    for (gone, come, stays) in difference.gaps() {
        pen.replace(gone, come)?;
        pen.at += stays;
    }
    Ok(pen.marks)
}

/// Pairs of equal tokens that stay, in order: Myers' greedy algorithm ("An
/// O(ND) difference algorithm", 1986). None where the sides differ too much.
fn equal_pairs(old: &[Token<'_>], new: &[Token<'_>]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let most = (old.len() + new.len()).min(DIFFERENCES);
    // The furthest place in `old` on each diagonal, `most` in the middle.
    let mut furthest = vec![0_usize; 2 * most + 2];
    let mut history = Vec::new();
    for differences in 0..=most {
        history.push(furthest.clone());
        for diagonal in (most - differences..=most + differences).step_by(2) {
            let mut x = step(&furthest, most, differences, diagonal).1;
            // A diagonal below the middle has more of `new` than of `old`.
            let mut y = x + most - diagonal;
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            furthest[diagonal] = x;
            if (x, y) == (old.len(), new.len()) {
                return walk_back(&history, most, diagonal, (x, y));
            }
        }
    }
    Vec::new()
}

/// From which diagonal the path with one difference less comes, and where in
/// `old` it then stands.
fn step(furthest: &[usize], most: usize, differences: usize, diagonal: usize) -> (usize, usize) {
    if differences == 0 {
        return (diagonal, 0);
    }
    let lowest = diagonal == most - differences;
    let highest = diagonal == most + differences;
    if lowest || (!highest && furthest[diagonal - 1] < furthest[diagonal + 1]) {
        (diagonal + 1, furthest[diagonal + 1])
    } else {
        (diagonal - 1, furthest[diagonal - 1] + 1)
    }
}

/// The equal pairs on the path that ended at `end` on `diagonal`.
fn walk_back(
    history: &[Vec<usize>],
    most: usize,
    mut diagonal: usize,
    end: (usize, usize),
) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut x, mut y) = end;
    for (differences, furthest) in history.iter().enumerate().rev() {
        let (from, start) = step(furthest, most, differences, diagonal);
        while x > start {
            (x, y) = (x - 1, y - 1);
            pairs.push((x, y));
        }
        if from > diagonal {
            y -= 1;
        } else if from < diagonal {
            x -= 1;
        }
        diagonal = from;
    }
    pairs.reverse();
    pairs
}

/// Writes content at a position that moves on.
struct Pen<'d, 'a> {
    doc: &'d mut AutoCommit,
    text: &'d ObjId,
    at: usize,
    /// The marks as they are now; `None` once text came in.
    marks: Option<Vec<PositionMarks<'a>>>,
}

impl Pen<'_, '_> {
    /// Puts `new` in the place of `old` and moves behind it. A marker in both
    /// stays the same marker with other values.
    fn replace(&mut self, mut old: &[Token<'_>], mut new: &[Token<'_>]) -> Result<(), Refusal> {
        loop {
            let (gone, old_rest) = until_block(old);
            let (come, new_rest) = until_block(new);
            self.splice(gone, come)?;
            match (old_rest, new_rest) {
                (Some((_, old_rest)), Some((block, new_rest))) => {
                    self.set_block(block)?;
                    self.at += 1;
                    (old, new) = (old_rest, new_rest);
                }
                (Some((_, old_rest)), None) => {
                    self.doc.join_block(self.text, self.at).map_err(broken)?;
                    self.follow(|marks, at| {
                        marks.remove(at);
                    });
                    (old, new) = (old_rest, &[]);
                }
                (None, Some((block, new_rest))) => {
                    self.doc.split_block(self.text, self.at).map_err(broken)?;
                    self.follow(|marks, at| marks.insert(at, None));
                    self.set_block(block)?;
                    self.at += 1;
                    (old, new) = (&[], new_rest);
                }
                (None, None) => return Ok(()),
            }
        }
    }

    fn splice(&mut self, gone: &[Token<'_>], come: &[Token<'_>]) -> Result<(), Refusal> {
        if gone.is_empty() && come.is_empty() {
            return Ok(());
        }
        let delete: usize = gone.iter().map(Token::width).sum();
        let insert: String = come
            .iter()
            .map(|token| match token {
                Token::Text(text) => text.as_str(),
                Token::Block(_) => "",
            })
            .collect();
        self.doc
            .splice_text(self.text, self.at, delete as isize, &insert)
            .map_err(broken)?;
        if insert.is_empty() {
            self.follow(|marks, at| {
                marks.drain(at..at + delete);
            });
        } else {
            self.marks = None;
            self.at += insert.encode_utf16().count();
        }
        Ok(())
    }

    /// Does to the known marks what was done to the text.
    fn follow(&mut self, edit: impl FnOnce(&mut Vec<PositionMarks<'_>>, usize)) {
        if let Some(marks) = &mut self.marks {
            edit(marks, self.at);
        }
    }

    /// Gives the marker at this position its values.
    fn set_block(&mut self, block: &Block) -> Result<(), Refusal> {
        let failed = |why: String| Refusal::new(Code::Invalid, why);
        let Ok(Some((Value::Object(ObjType::Map), marker))) = self.doc.get(self.text, self.at)
        else {
            return Err(failed("There is no marker.".to_owned()));
        };
        let value = hydrate::Value::Map(write_block(block));
        self.doc
            .update_object(&marker, &value)
            .map_err(|error| failed(format!("The document could not be written: {error}")))
    }
}

/// The text before the first marker, then the marker and what is after it.
fn until_block<'t, 'a>(
    tokens: &'t [Token<'a>],
) -> (&'t [Token<'a>], Option<(&'a Block, &'t [Token<'a>])>) {
    for (index, token) in tokens.iter().enumerate() {
        if let Token::Block(block) = token {
            return (&tokens[..index], Some((block, &tokens[index + 1..])));
        }
    }
    (tokens, None)
}

/// A range whose mark differs, and what it should be; `None` for no mark.
struct Run<'a> {
    start: usize,
    end: usize,
    value: Option<&'a MarkValue>,
}

fn write_marks(
    doc: &mut AutoCommit,
    text: &ObjId,
    current: &[PositionMarks<'_>],
    wanted: &[Span],
) -> Result<(), Refusal> {
    for (name, runs) in differing_marks(current, &by_position(wanted)) {
        let expand = growth(name);
        for Run { start, end, value } in runs {
            match value {
                Some(value) => {
                    let mark = Mark::new(name.to_owned(), write_value(value), start, end);
                    doc.mark(text, mark, expand).map_err(broken)?;
                }
                None => doc.unmark(text, name, start, end, expand).map_err(broken)?,
            }
        }
    }
    Ok(())
}

/// Where the marks of two texts of the same content differ, by name. A block
/// marker has no marks, so a run goes on behind it.
fn differing_marks<'a>(
    current: &[PositionMarks<'a>],
    wanted: &[PositionMarks<'a>],
) -> BTreeMap<&'a str, Vec<Run<'a>>> {
    let mut all: BTreeMap<&str, Vec<Run<'_>>> = BTreeMap::new();
    // Where the text before the present position ends.
    let mut text_end = 0;
    for (at, pair) in current.iter().zip(wanted).enumerate() {
        let (Some(have), Some(want)) = pair else {
            continue;
        };
        let names: BTreeSet<&String> = have.keys().chain(want.keys()).collect();
        for name in names {
            let value = want.get(name).filter(|value| **value != MarkValue::Null);
            if have.get(name) == value {
                continue;
            }
            let runs = all.entry(name).or_default();
            match runs.last_mut() {
                Some(run) if run.end == text_end && run.value == value => run.end = at + 1,
                _ => runs.push(Run {
                    start: at,
                    end: at + 1,
                    value,
                }),
            }
        }
        text_end = at + 1;
    }
    all
}

/// The marks at one position; `None` at a block marker.
type PositionMarks<'a> = Option<&'a Marks>;

fn by_position(spans: &[Span]) -> Vec<PositionMarks<'_>> {
    let mut positions = Vec::new();
    for span in spans {
        match span {
            Span::Block { .. } => positions.push(None),
            Span::Text { value, marks } => {
                positions.extend(value.encode_utf16().map(|_| Some(marks)));
            }
        }
    }
    positions
}

/// How a new mark grows, the same as in the editor: formatting at its end,
/// links and mentions not at all.
fn growth(name: &str) -> ExpandMark {
    match name {
        "strong" | "em" | "code" => ExpandMark::After,
        _ => ExpandMark::None,
    }
}
