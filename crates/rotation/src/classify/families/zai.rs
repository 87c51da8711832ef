//! Z.ai / Zhipu. A 429 may be a limit, an empty balance or a locked account: only the code tells.

use super::words::*;

const CODES: &str = "Z.ai error codes page and public fixtures of 2026-07 to 10";
const LISTED: &str = "Z.ai error codes page (meaning unverified), 2026-11-20";

const PLAN_HOURS: Meaning = Limited(Owner, Is(Hour), Reset::Stated);
const PLAN_LONG: Meaning = Limited(Owner, Is(Month), Reset::Stated);
const LOCKED: &[&str] =
    &["1110", "1111", "1112", "1114", "1115", "1116", "1117", "1118", "1119", "1120", "1121", "1309", "1313"];

pub(super) const RULES: &[Rule] = &[
    rule(&[], &["1302", "1303"], &[], LIMITED_SECOND, LISTED),
    rule(&[], &["1305", "1312"], &[], AtCapacity, LISTED),
    rule(&[], &["1304"], &[], Limited(OwnerModel, Is(Day), Reset::Stated), LISTED),
    rule(&[], &["1308", "1316"], &[], PLAN_HOURS, CODES),
    rule(&[], &["1310"], &[], PLAN_LONG, CODES),
    rule(&[], &["1113"], &[], NO_CREDIT, CODES),
    rule(&[], &["1311"], &[], RESTRICTED, LISTED),
    rule(&[], &["1000", "1001", "1002", "1003", "1004"], &[], KeyRejected, LISTED),
    rule(&[], LOCKED, &[], NO_CREDIT, LISTED),
    rule(&[], &["1211"], &[], MODEL_GONE, LISTED),
    rule(&[], &["1210", "1212", "1213", "1214", "1215"], &[], Rejected(None), LISTED),
    rule(&[], &["1261"], &[], ContextTooLong, CODES),
    rule(&[], &["1301"], &[], ContentRefused, LISTED),
];
