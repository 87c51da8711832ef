use proptest::prelude::{any, prop_assert_eq, proptest};

use super::*;

fn events_of(chunks: &[&[u8]]) -> Vec<Event> {
    let mut splitter = Splitter::default();
    let mut events = Vec::new();
    for chunk in chunks {
        splitter.push(chunk);
        events.extend(std::iter::from_fn(|| splitter.next_event()));
    }
    events.extend(splitter.finish());
    events
}

#[track_caller]
fn check(stream: &[u8], expected: &[Option<&str>]) {
    let data: Vec<_> = events_of(&[stream]).iter().map(Event::data).collect();
    let expected: Vec<_> =
        expected.iter().map(|data| data.map(|text| Bytes::copy_from_slice(text.as_bytes()))).collect();
    assert_eq!(data, expected, "{:?}", String::from_utf8_lossy(stream));
}

#[test]
fn every_line_ending_ends_an_event() {
    check(b"data: a\n\ndata: b\n\n", &[Some("a"), Some("b")]);
    check(b"data: a\r\n\r\ndata: b\r\n\r\n", &[Some("a"), Some("b")]);
    check(b"data: a\r\rdata: b\r\r", &[Some("a"), Some("b")]);
    check(b"data: a\n\r\ndata: b", &[Some("a"), Some("b")]);
}

#[test]
fn data_is_read_by_the_rules() {
    check(b": comment\n\n", &[None]);
    check(b"event: x\ndata:a\ndata:  b\nid: 1\n\n", &[Some("a\n b")]);
    check(b"\xef\xbb\xbfdata: bom\n\n", &[Some("bom")]);
    check(b"data\n\n", &[Some("")]);
    check(b"database: no\n\n", &[None]);
}

proptest! {
    #[test]
    fn splitting_anywhere_changes_nothing(
        stream in "(data: ?[a-zß€]{0,6}(\n|\r\n|\r)|: c\n|\n|\r\n|\r){0,24}",
        cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
    ) {
        let bytes = stream.as_bytes();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut chunks = Vec::new();
        let mut start = 0;
        for cut in cuts {
            chunks.push(&bytes[start..cut]);
            start = cut;
        }
        chunks.push(&bytes[start..]);
        let split = events_of(&chunks);
        prop_assert_eq!(&split, &events_of(&[bytes]));
        let joined: Vec<u8> = split.iter().flat_map(|event| event.raw().to_vec()).collect();
        prop_assert_eq!(joined, bytes, "no byte is lost or invented");
    }
}
