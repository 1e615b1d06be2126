package handlers

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// settle gives back what only starting needed of the program's own file: the pages of code and constants leave this process
// and stay in the system's cache, from which those that requests need come back one by one. It does nothing where the map of
// the process cannot be read.
func settle() {
	path, err := os.Executable()
	if err != nil {
		return
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		f := strings.Fields(lines.Text()) // address range, permissions, offset, device, inode, path
		if len(f) < 6 || !strings.Contains(lines.Text(), path) || f[1] != "r-xp" && f[1] != "r--p" {
			continue // what can be written has no copy in the file
		}
		from, to, _ := strings.Cut(f[0], "-")
		start, err1 := strconv.ParseUint(from, 16, 64)
		end, err2 := strconv.ParseUint(to, 16, 64)
		if err1 == nil && err2 == nil {
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, uintptr(start), uintptr(end-start), syscall.MADV_DONTNEED)
		}
	}
}
