use std::collections::HashSet;

use super::*;

const STATES: [TrayIcon; 6] = [
    TrayIcon::Running,
    TrayIcon::Rotating,
    TrayIcon::Held,
    TrayIcon::Paused,
    TrayIcon::Error,
    TrayIcon::Offline,
];
const SIZES: [u32; 7] = [16, 18, 20, 22, 24, 32, 44];

/// Only what is covered, without colour: what a template image or a colour-blind eye gets.
fn silhouette(state: TrayIcon, size_pixels: u32) -> Vec<bool> {
    let rgba = draw(state, size_pixels, Palette::ON_ANY);
    rgba.chunks_exact(4).map(|pixel| pixel[3] >= 128).collect()
}

fn alpha_at(state: TrayIcon, x: usize, y: usize) -> u8 {
    draw(state, 32, Palette::ON_ANY)[(y * 32 + x) * 4 + 3]
}

#[test]
fn every_state_has_its_own_shape_at_every_size() {
    for size_pixels in SIZES {
        for (position, one) in STATES.iter().enumerate() {
            for other in STATES.iter().skip(position + 1) {
                let one_shape = silhouette(*one, size_pixels);
                let other_shape = silhouette(*other, size_pixels);
                let differing = one_shape.iter().zip(&other_shape).filter(|(a, b)| a != b).count();
                let share = differing as f64 / one_shape.len() as f64;
                assert!(
                    share > 0.025,
                    "{one:?} and {other:?} look alike at {size_pixels} px: {differing} pixels differ"
                );
            }
        }
    }
}

#[test]
fn the_drawing_fills_its_square_and_nothing_else() {
    for size_pixels in SIZES {
        let side = size_pixels as usize;
        for state in STATES {
            let rgba = draw(state, size_pixels, Palette::ON_ANY);
            assert_eq!(rgba.len(), side * side * 4, "four bytes a pixel");
            let shape = silhouette(state, size_pixels);
            let covered = shape.iter().filter(|pixel| **pixel).count();
            assert!(covered > side * side / 10, "{state:?} at {size_pixels} px is too faint to see");
            for corner in [0, side - 1, side * (side - 1), side * side - 1] {
                assert!(!shape[corner], "{state:?} at {size_pixels} px: a wheel has no corners");
            }
        }
    }
}

#[test]
fn the_states_show_what_they_are_known_by() {
    assert_eq!(alpha_at(TrayIcon::Running, 16, 16), 255, "running has a hub");
    assert_eq!(alpha_at(TrayIcon::Running, 16, 26), 255, "running: the lowest segment is full");
    assert_eq!(alpha_at(TrayIcon::Rotating, 16, 26), 0, "rotating: the lowest segment is thin");
    assert_eq!(alpha_at(TrayIcon::Held, 16, 11), 255, "held has clock hands");
    assert_eq!(alpha_at(TrayIcon::Paused, 12, 16), 255, "paused has a left bar");
    assert_eq!(alpha_at(TrayIcon::Paused, 16, 16), 0, "paused has a gap between its bars");
    assert_eq!(alpha_at(TrayIcon::Error, 24, 23), 255, "error has its cross");
    assert_eq!(alpha_at(TrayIcon::Offline, 16, 16), 255, "offline is struck through");
    assert_eq!(alpha_at(TrayIcon::Running, 4, 23), 255, "running: the left segments are whole");
    assert_eq!(alpha_at(TrayIcon::Offline, 4, 23), 0, "offline: the stroke cuts through them");
}

#[test]
fn a_template_is_black_whatever_the_state() {
    let template = Palette { ink: [0; 3], resting: [0; 3], error: [0; 3] };
    for state in STATES {
        let colours: HashSet<[u8; 3]> =
            draw(state, 36, template).chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        assert_eq!(colours, HashSet::from([[0; 3]]), "{state:?}: the menu bar gives the colour");
    }
}

#[test]
fn colours_stand_out_on_the_panels_they_are_for() {
    const LIGHT_PANEL: Rgb = [0xe9, 0xea, 0xec];
    const DARK_PANEL: Rgb = [0x17, 0x19, 0x1a];
    let check = |palette: Palette, panel: Rgb| {
        for ink in [Ink::Plain, Ink::Resting, Ink::Error] {
            let ratio = contrast(palette.colour(ink), panel);
            assert!(ratio >= 3.0, "{ink:?} on {panel:02x?} has only {ratio:.2}:1");
        }
    };

    check(Palette::ON_DARK, DARK_PANEL);
    check(Palette::ON_ANY, DARK_PANEL);
    check(Palette::ON_ANY, LIGHT_PANEL);
}

/// Contrast ratio as the accessibility guidelines define it.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Rgb) -> f64 {
    let linear = colour.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}
