//! The wheel of six segments, drawn at the exact pixel size.
//!
//! Shape tells the state before colour does: a full segment can serve, a thin one rests. A hub means
//! "working", clock hands "wait", two bars "paused", a cross on a missing segment "error", a stroke
//! through the wheel "offline". Geometry lives on a 16 × 16 grid and is sampled per pixel.

mod shape;

use keywheel_admin::TrayIcon;

pub(crate) use shape::Ink;

/// Samples along each side of a pixel; 4 gives 17 levels of edge softness.
const SAMPLES_PER_SIDE: u32 = 4;

/// An opaque colour, red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// The colours of an icon. Tints repeat what the shape already says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Palette {
    ink: Rgb,
    resting: Rgb,
    error: Rgb,
}

impl Palette {
    /// Black with alpha, to be coloured by the system.
    pub(crate) const TEMPLATE: Self = Self { ink: [0; 3], resting: [0; 3], error: [0; 3] };
    /// For panels known to be dark.
    #[cfg_attr(
        not(any(test, target_os = "linux")),
        expect(dead_code, reason = "only Linux names its panels")
    )]
    pub(crate) const ON_DARK: Self =
        Self { ink: [0xff, 0xff, 0xff], resting: [0xe6, 0xb4, 0x50], error: [0xff, 0x95, 0x8b] };
    /// For panels of unknown colour: each tone keeps 3:1 against light and against dark.
    #[cfg_attr(all(not(test), target_os = "macos"), expect(dead_code, reason = "macOS colours its icons"))]
    pub(crate) const ON_ANY: Self =
        Self { ink: [0x7c, 0x84, 0x8b], resting: [0xb4, 0x74, 0x00], error: [0xcb, 0x35, 0x2c] };

    fn colour(self, ink: Ink) -> Rgb {
        match ink {
            Ink::Plain => self.ink,
            Ink::Resting => self.resting,
            Ink::Error => self.error,
        }
    }
}

/// Draws the icon as rows of straight-alpha RGBA, `size_pixels` on each side.
pub(crate) fn draw(state: TrayIcon, size_pixels: u32, palette: Palette) -> Vec<u8> {
    let mut rgba = Vec::new();
    for row in 0..size_pixels {
        for column in 0..size_pixels {
            rgba.extend(pixel(state, palette, size_pixels, column, row));
        }
    }
    rgba
}

fn pixel(state: TrayIcon, palette: Palette, size_pixels: u32, column: u32, row: u32) -> [u8; 4] {
    let grid = |pixel: u32, sample: u32| {
        let offset = (f64::from(sample) + 0.5) / f64::from(SAMPLES_PER_SIDE);
        (f64::from(pixel) + offset) * shape::GRID / f64::from(size_pixels)
    };
    let mut sum = [0_u32; 3];
    let mut covered = 0_u32;
    for sample in 0..SAMPLES_PER_SIDE * SAMPLES_PER_SIDE {
        let x = grid(column, sample % SAMPLES_PER_SIDE);
        let y = grid(row, sample / SAMPLES_PER_SIDE);
        if let Some(ink) = shape::ink_at(state, x, y) {
            covered += 1;
            for (total, channel) in sum.iter_mut().zip(palette.colour(ink)) {
                *total += u32::from(channel);
            }
        }
    }
    let [red, green, blue] = sum.map(|total| share(total, covered));
    let samples = SAMPLES_PER_SIDE * SAMPLES_PER_SIDE;
    [red, green, blue, share(covered * u32::from(u8::MAX), samples)]
}

/// A rounded quotient of channel values; nothing where nothing was covered.
fn share(total: u32, count: u32) -> u8 {
    let rounded = (total + count / 2).checked_div(count).unwrap_or(0);
    u8::try_from(rounded).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests;
