//! Where things are in a text: byte ranges, found through the parsed file.

use std::ops::Range;

use toml_edit::{Array, Item, Table};

/// The newline that the text uses.
pub(super) fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Where the line that `offset` is in begins.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line after the one that `offset` is in begins.
pub(super) fn past_line(text: &str, offset: usize) -> usize {
    let newline = text.get(offset..).and_then(|rest| rest.find('\n'));
    newline.map_or(text.len(), |newline| offset + newline + 1)
}

/// The whole lines that `range` touches.
pub(super) fn lines_of(text: &str, range: Range<usize>) -> Range<usize> {
    line_start(text, range.start)..past_line(text, range.end)
}

/// Where the table's own header and values end; tables below it with a header of their own don't count.
pub(super) fn own_end(table: &Table) -> usize {
    let ends = table.iter().map(|(_, item)| match item {
        Item::Value(value) => value.span().map_or(0, |span| span.end),
        Item::Table(dotted) if dotted.is_dotted() => own_end(dotted),
        Item::None | Item::Table(_) | Item::ArrayOfTables(_) => 0,
    });
    ends.chain(header(table).map(|header| header.end)).max().unwrap_or(0)
}

/// From header to last value, for the table and for every table below it.
pub(super) fn sections(table: &Table) -> Vec<Range<usize>> {
    let own = header(table).map(|header| header.start..own_end(table));
    let below = table.iter().flat_map(|(_, item)| match item {
        Item::Table(table) => sections(table),
        Item::ArrayOfTables(tables) => tables.iter().flat_map(sections).collect(),
        Item::None | Item::Value(_) => Vec::new(),
    });
    own.into_iter().chain(below).collect()
}

/// A table that is only implied by a name below it, or made by dotted names, has no header.
fn header(table: &Table) -> Option<Range<usize>> {
    table.span().filter(|span| !span.is_empty() && !table.is_dotted() && !table.is_implicit())
}

/// A list written as one value: `[{ … }, { … }]`.
pub(super) struct ValueList<'a> {
    pub(super) text: &'a str,
    pub(super) values: &'a Array,
}

impl ValueList<'_> {
    /// What to cut so that the element at `position` and one comma go, and the comments around them stay.
    pub(super) fn element(&self, position: usize) -> Option<Vec<Range<usize>>> {
        let element = self.values.get(position)?.span()?;
        let Some(comma) = self.comma_after(element.end).or_else(|| self.comma_before(position)) else {
            return Some(vec![self.whole_line(element)]);
        };
        let both = comma.min(element.start)..element.end.max(comma + 1);
        let between = self.text.get(both.clone())?;
        let has_comment = between.replace(self.text.get(element.clone())?, "").contains('#');
        Some(if has_comment { vec![comma..comma + 1, element] } else { vec![self.whole_line(both)] })
    }

    fn comma_before(&self, position: usize) -> Option<usize> {
        self.comma_after(self.values.get(position.checked_sub(1)?)?.span()?.end)
    }

    /// The comma that follows `offset` after white space and comments only.
    fn comma_after(&self, offset: usize) -> Option<usize> {
        let mut at = offset;
        loop {
            let rest = self.text.get(at..)?;
            at += rest.find(|character: char| !character.is_whitespace())?;
            match self.text.as_bytes().get(at)? {
                b',' => return Some(at),
                b'#' => at = past_line(self.text, at),
                _ => return None,
            }
        }
    }

    /// The lines of `range` if they hold nothing else, so that no blank line is left.
    fn whole_line(&self, range: Range<usize>) -> Range<usize> {
        let lines = lines_of(self.text, range.clone());
        let is_blank = |range: Range<usize>| self.text.get(range).is_some_and(|text| text.trim().is_empty());
        let is_alone = is_blank(lines.start..range.start) && is_blank(range.end..lines.end);
        if is_alone { lines } else { range }
    }
}
