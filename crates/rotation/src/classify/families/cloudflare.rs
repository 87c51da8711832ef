//! Workers AI. Numeric codes decide; a day's allocation counts over all models and ends at 00:00 UTC.

use super::words::*;

const ERRORS: &str = "Workers AI errors page, 2026-07-29";

const ALLOCATION: Meaning = Limited(Owner, Is(Day), Reset::UtcMidnight);

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["3036", "4006"], &[], ALLOCATION, ERRORS),
    rule(&[429], &["3040"], &[], AtCapacity, ERRORS),
    // 5016: the person must accept the model's licence first.
    rule(&[403], &["3023", "3041", "5016", "5018"], &[], RESTRICTED_FOR_GOOD, ERRORS),
    rule(&[400, 404], &["5007", "3042"], &[], MODEL_GONE, ERRORS),
    rule(&[413], &["3006"], &[], ContextTooLong, ERRORS),
    rule(&[408], &["3007", "3008"], &[], UpstreamFailed, ERRORS),
    rule(&[401, 403], &["10000"], &[], KeyRejected, "Cloudflare API (unverified), 2026-11-20"),
    rule(&[429], &[], &["daily free allocation"], ALLOCATION, ERRORS),
];
