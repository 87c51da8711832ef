//! Which part of the drawing lies under a point.

use std::f64::consts::TAU;

use keywheel_admin::TrayIcon;

/// Side of the square all lengths below are measured on.
pub(super) const GRID: f64 = 16.0;
const CENTRE: f64 = GRID / 2.0;
const OUTER_RADIUS: f64 = 7.6;
/// Inside edge of a segment that can serve.
const FULL_INNER_RADIUS: f64 = 4.0;
/// Inside edge of a segment at rest.
const RIM_INNER_RADIUS: f64 = 6.1;
const HUB_RADIUS: f64 = 1.55;
const SEGMENT_COUNT: u32 = 6;
/// Half of a segment's angle, in radians; the rest of its sixth is the gap.
const SEGMENT_HALF_ANGLE: f64 = 0.4279;
/// Where the error's cross takes the place of a segment.
const CROSS: (f64, f64) = (12.2, 11.4);
const CROSS_CLEARANCE: f64 = 4.5;
/// Half width of the space around the offline stroke, and of the stroke.
const STROKE_CLEARANCE: f64 = 2.1;
const STROKE_HALF_WIDTH: f64 = 0.75;

/// What a point of the drawing is coloured with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Resting,
    Error,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment {
    Full,
    Rim,
}

/// The ink at a point of the grid, if any.
pub(super) fn ink_at(state: TrayIcon, x: f64, y: f64) -> Option<Ink> {
    match state {
        TrayIcon::Running => (hub(x, y) || wheel(x, y, |_| Segment::Full)).then_some(Ink::Plain),
        TrayIcon::Rotating => rotating(x, y),
        TrayIcon::Held => held(x, y),
        TrayIcon::Paused => (bars(x, y) || wheel(x, y, |_| Segment::Rim)).then_some(Ink::Plain),
        TrayIcon::Error => error(x, y),
        TrayIcon::Offline => offline(x, y),
    }
}

/// Two segments rest, clockwise from the lower right.
fn rotating(x: f64, y: f64) -> Option<Ink> {
    let kind = |index| if matches!(index, 2 | 3) { Segment::Rim } else { Segment::Full };
    if hub(x, y) {
        return Some(Ink::Plain);
    }
    wheel(x, y, kind).then(|| match kind(segment_index(x, y)) {
        Segment::Full => Ink::Plain,
        Segment::Rim => Ink::Resting,
    })
}

fn held(x: f64, y: f64) -> Option<Ink> {
    let hands =
        within(x, 7.25, 8.75) && within(y, 4.4, 8.95) || within(x, 7.25, 10.8) && within(y, 7.45, 8.95);
    if hands {
        return Some(Ink::Plain);
    }
    wheel(x, y, |_| Segment::Rim).then_some(Ink::Resting)
}

fn error(x: f64, y: f64) -> Option<Ink> {
    let (right, down) = (x - CROSS.0, y - CROSS.1);
    if cross(right, down) {
        return Some(Ink::Error);
    }
    let clear = right.hypot(down) < CROSS_CLEARANCE;
    (!clear && segment_index(x, y) != 2 && wheel(x, y, |_| Segment::Full)).then_some(Ink::Plain)
}

fn offline(x: f64, y: f64) -> Option<Ink> {
    let across = (x + y - GRID).abs() / 2_f64.sqrt();
    let stroke = across < STROKE_HALF_WIDTH && within(x, 1.2, 14.8) && within(y, 1.2, 14.8);
    let clear = across < STROKE_CLEARANCE;
    (stroke || !clear && wheel(x, y, |_| Segment::Full)).then_some(Ink::Plain)
}

/// Two diagonal lines of width 2 and length 6.8 through the origin.
fn cross(right: f64, down: f64) -> bool {
    let along = (right + down).abs() / 2_f64.sqrt();
    let across = (right - down).abs() / 2_f64.sqrt();
    along.min(across) < 1.0 && along.max(across) < 3.4
}

fn bars(x: f64, y: f64) -> bool {
    (within(x, 5.2, 7.2) || within(x, 8.8, 10.8)) && within(y, 4.9, 11.1)
}

fn hub(x: f64, y: f64) -> bool {
    radius(x, y) <= HUB_RADIUS
}

/// Whether the point lies on a segment, each drawn as `kind` says for its index.
fn wheel(x: f64, y: f64, kind: impl Fn(u32) -> Segment) -> bool {
    let inner_radius = match kind(segment_index(x, y)) {
        Segment::Full => FULL_INNER_RADIUS,
        Segment::Rim => RIM_INNER_RADIUS,
    };
    within(radius(x, y), inner_radius, OUTER_RADIUS) && !in_gap(x, y)
}

/// 0 is the segment at the top; counted clockwise.
fn segment_index(x: f64, y: f64) -> u32 {
    (1..SEGMENT_COUNT)
        .find(|index| angle_from_segment(*index, x, y) <= TAU / f64::from(SEGMENT_COUNT) / 2.0)
        .unwrap_or(0)
}

fn in_gap(x: f64, y: f64) -> bool {
    angle_from_segment(segment_index(x, y), x, y) > SEGMENT_HALF_ANGLE
}

/// Radians between the point and the middle of a segment, seen from the centre.
fn angle_from_segment(index: u32, x: f64, y: f64) -> f64 {
    let clockwise_from_top = (x - CENTRE).atan2(CENTRE - y);
    let middle = TAU * f64::from(index) / f64::from(SEGMENT_COUNT);
    let apart = (clockwise_from_top - middle).rem_euclid(TAU);
    apart.min(TAU - apart)
}

fn radius(x: f64, y: f64) -> f64 {
    (x - CENTRE).hypot(y - CENTRE)
}

fn within(value: f64, low: f64, high: f64) -> bool {
    (low..=high).contains(&value)
}
