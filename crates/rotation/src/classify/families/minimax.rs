//! MiniMax. Errors come with any status, 200 included; only the number in `base_resp` tells.

use super::words::*;

const CODES: &str = "MiniMax error codes page, 2026-11-20";
const LISTED: &str = "MiniMax (unverified), 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[], &["1002"], &[], LIMITED_MINUTE, CODES),
    rule(&[], &["1041"], &[], LIMITED_MINUTE, LISTED),
    rule(&[], &["1004"], &[], KeyRejected, CODES),
    rule(&[], &["2049"], &[], KeyRejected, LISTED),
    rule(&[], &["1008"], &[], NO_CREDIT, CODES),
    rule(&[], &["1026", "1027"], &[], ContentRefused, CODES),
    rule(&[], &["1039"], &[], ContextTooLong, LISTED),
    rule(&[], &["1000", "1001", "1024", "1033"], &[], UpstreamFailed, CODES),
    rule(&[], &["1013"], &[], UpstreamFailed, LISTED),
    rule(&[], &["2013"], &[], Rejected(None), LISTED),
];
