//! Model Studio (DashScope). Here `insufficient_quota` is a throttle on tokens and not about money.

use super::words::*;

const CODES: &str = "Model Studio error codes and rate limit pages, 2026-10";
const NAMED: &str = "Model Studio (name unverified), 2026-10";

const TOKENS: &[&str] = &["throttling.allocationquota", "insufficient_quota"];
const MINUTE: Meaning = Limited(OwnerModel, Is(Minute), Reset::Stated);
const BURST: Meaning = Limited(OwnerModel, Is(Second), Reset::Stated);

pub(super) const RULES: &[Rule] = &[
    rule(&[], &["invalidapikey"], &[], KeyRejected, CODES),
    rule(&[429], &["throttling.ratequota"], &[], MINUTE, CODES),
    rule(&[429], &["throttling.burstrate"], &[], BURST, NAMED),
    rule(&[429], &["limit_requests"], &["request rate increased too quickly"], BURST, CODES),
    rule(&[429], &["limit_requests"], &[], MINUTE, NAMED),
    rule(&[429], TOKENS, &["request rate increased too quickly"], BURST, CODES),
    rule(&[429], TOKENS, &[], MINUTE, CODES),
    rule(&[403], &["allocationquota.freetieronly"], &[], RESTRICTED_FOR_GOOD, CODES),
    rule(&[400], &["arrearage"], &[], NO_CREDIT, CODES),
    rule(&[400], &["datainspectionfailed", "data_inspection_failed"], &[], ContentRefused, CODES),
    rule(&[429], &[], &["request rate increased too quickly"], BURST, CODES),
    rule(&[429], &[], &["allocated quota exceeded", "exceeded your current"], MINUTE, CODES),
    rule(&[429], &[], &[], LIMITED_MINUTE, CODES),
];
