package hosted

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour of the screen.
type rgb struct{ r, g, b uint8 }

var (
	white = rgb{255, 255, 255}
	black = rgb{}
)

// ParseColor reads #rrggbb.
func ParseColor(s string) (c rgb, ok bool) {
	if len(s) != 7 || s[0] != '#' {
		return c, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, err == nil
}

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b) }

// mix moves c towards other by a share from 0 to 1.
func (c rgb) mix(other rgb, share float64) rgb {
	at := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return rgb{at(c.r, other.r), at(c.g, other.g), at(c.b, other.b)}
}

// luminance is relative luminance as WCAG 2.2 defines it.
func (c rgb) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// ratio is the contrast of two colours as WCAG 2.2 defines it, 1 to 21.
func ratio(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

// Ratio is the contrast of two #rrggbb colours; 0 when one is none.
func Ratio(a, b string) float64 {
	ca, ok := ParseColor(a)
	cb, also := ParseColor(b)
	if !ok || !also {
		return 0
	}
	return ratio(ca, cb)
}

// readable moves c away from the background until text in it has the contrast, in steps too small to see.
func readable(c, background rgb, needed float64) rgb {
	towards := black
	if background.luminance() < 0.18 {
		towards = white
	}
	for share := 0.0; share < 1; share += 0.02 {
		if m := c.mix(towards, share); ratio(m, background) >= needed {
			return m
		}
	}
	return towards
}

// on is the colour of text upon c: white where that is readable, else a near-black of the same hue, else black. One of white and
// black always has the contrast that text needs.
func on(c rgb) rgb {
	if ratio(white, c) >= AA {
		return white
	}
	if dark := c.mix(black, 0.9); ratio(dark, c) >= AA {
		return dark
	}
	return black
}
