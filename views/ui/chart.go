package ui

import (
	"math"
	"strconv"
	"strings"
)

// Series is one line or one part of the bars of a Chart.
type Series struct {
	Name   string
	Total  string // beside its name in the legend
	Values []float64
	Past   bool // a line of an earlier period: grey and dotted
}

// ChartOpts describes a Chart. All series have one value for each label.
type ChartOpts struct {
	ID       string
	Summary  string   // what the eye would see, for those who do not: "Sign-ins per day, rising from 9,800 to 13,100"
	Labels   []string // of the points, for the table: "23 Oct"
	Lines    []Series // at most four
	Bars     []Series // at most three, drawn below on the same axis of time, one on another
	BarsAria string   // Summary of the bars
	tight    bool     // the highest bar fills the height: no axis to be round for
}

const chartW, chartH, barsH = 720.0, 184.0, 72.0

// ticks are five round values from nothing to at least high.
func ticks(high float64, n int) []float64 {
	step := niceStep(high / float64(n))
	out := make([]float64, n+1)
	for i := range out {
		out[i] = step * float64(i)
	}
	return out
}

// niceStep is the smallest round number that is not below x, so that little of the box stays empty.
func niceStep(x float64) float64 {
	if x <= 1 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8} {
		if m*unit >= x && (unit > 1 || m == math.Trunc(m)) {
			return m * unit
		}
	}
	return 10 * unit
}

func (c ChartOpts) lineTicks() []float64 { return ticks(highest(c.Lines), 4) }

func (c ChartOpts) barTicks() []float64 {
	return ticks(highest([]Series{{Values: c.stack(len(c.Bars))}}), 1)
}

// barTop is what the full height of the bars stands for.
func (c ChartOpts) barTop() float64 {
	if c.tight {
		_, high := bounds(c.stack(len(c.Bars)))
		return max(high, 1)
	}
	t := c.barTicks()
	return t[len(t)-1]
}

// stack is the height of the first n parts of each bar together.
func (c ChartOpts) stack(n int) []float64 {
	sum := make([]float64, len(c.Labels))
	for _, s := range c.Bars[:n] {
		for i, v := range s.Values {
			if i < len(sum) {
				sum[i] += v
			}
		}
	}
	return sum
}

func highest(all []Series) float64 {
	top := 0.0
	for _, s := range all {
		_, high := bounds(s.Values)
		top = max(top, high)
	}
	return top
}

// linePath draws a series over the box of the chart; area closes it to the foot.
func (c ChartOpts) linePath(s Series) string {
	t := c.lineTicks()
	return path(s.Values, chartW, chartH, 0, t[len(t)-1])
}

func (c ChartOpts) area(s Series) string {
	return c.linePath(s) + "L" + dec(chartW) + " " + dec(chartH) + "L0 " + dec(chartH) + "Z"
}

// lineClass gives each line its colour and, from the second on, a dash pattern: colour is never alone.
func (s Series) lineClass(i int) string {
	if s.Past {
		return "ln s5"
	}
	return []string{"ln", "ln s2", "ln s3", "ln s4"}[i%4]
}

func (s Series) keyClass(i int) string {
	if s.Past {
		return "key s5"
	}
	return []string{"key", "key s2", "key s3", "key s4"}[i%4]
}

// barPath draws the n-th part of all bars as one path, with a pixel of air above the part below.
func (c ChartOpts) barPath(n int) string {
	scale := barsH / c.barTop()
	below := c.stack(n)
	step := chartW / float64(max(len(c.Labels), 1))
	var b strings.Builder
	for i, v := range c.Bars[n].Values {
		if v <= 0 || i >= len(below) {
			continue
		}
		h := max(v*scale-float64(min(n, 1)), .8)
		y := barsH - below[i]*scale - v*scale
		b.WriteString("M" + dec(float64(i)*step+step*.17) + " " + dec(y) + "h" + dec(step*.66) + "v" + dec(h) + "h-" + dec(step*.66) + "z")
	}
	return b.String()
}

// axis are at most six labels, the first and the last among them.
func (c ChartOpts) axis() []string {
	n := len(c.Labels)
	if n <= 6 {
		return c.Labels
	}
	out := make([]string, 5)
	for i := range out {
		out[i] = c.Labels[i*(n-1)/4]
	}
	return out
}

// tick writes an axis value: 0, 250, 3.5k.
func tick(v float64) string {
	switch {
	case v >= 1e6:
		return dec(v/1e6) + "M"
	case v >= 1000:
		return strconv.FormatFloat(v/1000, 'f', -1, 64) + "k"
	}
	return dec(v)
}

// path draws values as a line over a box of w by h whose foot is floor and whose top is top.
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

// sparkPath keeps a little room above and below. Nothing at all lies at the bottom, not in the middle.
func sparkPath(values []float64) string {
	low, high := bounds(values)
	if low == 0 && high == 0 {
		high = 1
	}
	room := max((high-low)/16, .001)
	return path(values, 200, 36, low-room, high+room)
}
