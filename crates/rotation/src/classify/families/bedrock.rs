//! Bedrock. The error's type stands in a header.

use super::words::*;

const PAGES: &str = "Bedrock troubleshooting and quota pages, 2026-11-20";

pub(super) const RULES: &[Rule] = &[
    rule(&[429], &["throttlingexception"], &[], LIMITED_MINUTE, PAGES),
    rule(&[429], &["modelnotreadyexception"], &[], AtCapacity, PAGES),
    rule(
        &[400],
        &["servicequotaexceededexception"],
        &[],
        Limited(OwnerModel, Is(Day), Reset::UtcMidnight),
        PAGES,
    ),
    rule(&[403], &["accessdeniedexception"], &[], RESTRICTED, PAGES),
];
