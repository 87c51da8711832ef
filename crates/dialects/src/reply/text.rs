//! What an error's text says in words.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use keywheel_rotation::Timestamp;

use crate::limits::wait;

/// A date beyond the next two months is a mistake.
const LONGEST_DATE: Duration = Duration::from_hours(62 * 24);

/// At most the first `max_bytes` of a text, whole characters only.
pub(super) fn cut(text: &str, max_bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(max_bytes)).unwrap_or_default()
}

/// A text without tags, its spaces folded.
pub(super) fn plain(text: &str) -> String {
    let mut without_tags = String::new();
    for part in text.split('<') {
        // Where nothing closes, it was no tag.
        without_tags.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        without_tags.push(' ');
    }
    without_tags.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "Please try again in 9m38.016s", in a lower-case text.
pub(super) fn wait(message: &str) -> Option<Duration> {
    const MARKERS: [&str; 6] =
        ["try again in ", "try again after ", "retry in ", "retry after ", "please wait ", "available in "];
    let waits = MARKERS.iter().filter_map(|marker| message.split_once(marker));
    let mut waits = waits.filter_map(|(_, after)| wait::leading_duration(after));
    waits.next().map(|(wait, _)| wait.min(wait::LONGEST_WAIT))
}

/// "Your limit will reset at 2026-10-02 11:25:23", in a lower-case text. `zone_hours` is the zone of a time that
/// names none; without it, such a time says nothing.
pub(super) fn reset(message: &str, zone_hours: Option<i8>, now: Timestamp) -> Option<Timestamp> {
    let (_, after) = message.split_once("reset at ").or_else(|| message.split_once("resets at "))?;
    dated(after, zone_hours, now)
}

/// "You will regain access on 2026-09-01 at 00:00 UTC", in a lower-case text.
pub(super) fn regain(message: &str, now: Timestamp) -> Option<Timestamp> {
    dated(message.split_once("regain access on ")?.1, Some(0), now)
}

/// A date and a time of day at the start of a lower-case text, with `utc` or `z` or nothing behind it.
fn dated(text: &str, zone_hours: Option<i8>, now: Timestamp) -> Option<Timestamp> {
    let date = text.get(..10)?;
    let rest = text.get(10..)?.trim_start_matches([' ', 't']);
    let rest = rest.strip_prefix("at ").unwrap_or(rest);
    let time_end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != ':').unwrap_or(rest.len());
    let (time, after) = rest.split_at(time_end);
    let time = if time.is_empty() { "00:00" } else { time };
    let naive: DateTime = format!("{date}t{time}").parse().ok()?;
    let after = after.trim_start();
    let is_utc = after.starts_with("utc") || after.starts_with('z');
    let offset = Offset::from_hours(if is_utc { 0 } else { zone_hours? }).ok()?;
    let moment = naive.to_zoned(TimeZone::fixed(offset)).ok()?.timestamp();
    let moment = Timestamp::from_unix_ms(u64::try_from(moment.as_millisecond()).ok()?);
    Some(now + moment.since(now).min(LONGEST_DATE))
}

/// The organisation or team that a text names, as it is spelled there: Groq, OpenAI, xAI.
pub(super) fn owner(message: &str) -> Option<String> {
    let organization = named_after(message, "organization ").filter(|name| name.starts_with("org"));
    let team = || named_after(message, "team ").filter(|name| name.len() >= 32 && name.contains('-'));
    organization.or_else(team).map(str::to_owned)
}

/// The part of the request that a text complains about, as it is spelled there.
pub(super) fn parameter(message: &str) -> Option<String> {
    const MARKERS: [&str; 7] = [
        "Unknown name ",
        "Unknown field ",
        "unknown field ",
        "Unknown parameter: ",
        "Unsupported parameter: ",
        "Unsupported value: ",
        "argument supplied: ",
    ];
    MARKERS.iter().find_map(|marker| named_after(message, marker)).map(str::to_owned)
}

fn named_after<'text>(text: &'text str, marker: &str) -> Option<&'text str> {
    let (_, after) = text.split_once(marker)?;
    let after = after.trim_start_matches(['`', '"', '\'', ':', ' ']);
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '[' | ']');
    let end = after.find(|letter| !is_part(letter)).unwrap_or(after.len());
    let name = after.get(..end)?.trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

/// The limit in a lower-case text: "Limit 6000, Requested 9000", "can only afford 120", "(actual/limit): 65605/16000".
pub(super) fn limit(message: &str) -> Option<u64> {
    const MARKERS: [&str; 7] = [
        "limit ",
        "limit: ",
        "limit is ",
        "can only afford ",
        "maximum context length is ",
        "number of tokens allowed (",
        " tokens > ",
    ];
    let ratio = || number(ratio(message)?.split_once('/')?.1);
    MARKERS.iter().find_map(|marker| number_after(message, marker)).or_else(ratio)
}

/// What was asked for, in the same texts.
pub(super) fn requested(message: &str) -> Option<u64> {
    const MARKERS: [&str; 5] =
        ["requested ", "requested about ", "current length is ", "resulted in ", "prompt is too long: "];
    MARKERS.iter().find_map(|marker| number_after(message, marker)).or_else(|| number(ratio(message)?))
}

fn ratio(message: &str) -> Option<&str> {
    message.split_once("(actual/limit): ").map(|(_, after)| after)
}

fn number_after(message: &str, marker: &str) -> Option<u64> {
    message.match_indices(marker).find_map(|(at, _)| number(message.get(at + marker.len()..)?))
}

/// A number at the start of a text; commas between its digits are left out.
fn number(text: &str) -> Option<u64> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != ',').unwrap_or(text.len());
    text.get(..end)?.replace(',', "").parse().ok()
}
