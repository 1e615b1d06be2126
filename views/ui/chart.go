package ui

import (
	"strconv"
	"strings"
)

// path draws values as a line over a box of w by h, lowest at the foot unless floor says what the foot is.
func path(values []float64, w, h, floor, top float64) string {
	var b strings.Builder
	step := w / float64(max(len(values)-1, 1))
	for i, v := range values {
		y := h
		if top > floor {
			y = h - (v-floor)/(top-floor)*h
		}
		b.WriteString(map[bool]string{true: "M", false: "L"}[i == 0])
		b.WriteString(dec(float64(i)*step) + " " + dec(y))
	}
	return b.String()
}

func dec(f float64) string { return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0") }

func bounds(values []float64) (low, high float64) {
	for i, v := range values {
		if i == 0 || v < low {
			low = v
		}
		if i == 0 || v > high {
			high = v
		}
	}
	return low, high
}

// sparkPath keeps two pixels of room above and below.
func sparkPath(values []float64) string {
	low, high := bounds(values)
	room := (high - low) / 16
	return path(values, 200, 36, low-room, high+room)
}
