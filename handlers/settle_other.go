//go:build !linux

package handlers

func settle() {}
