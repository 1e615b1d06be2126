# The commands of the project. `make` alone lists them.
export CGO_ENABLED ?= 0
export GOFLAGS ?= -buildvcs=false
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)

.PHONY: help run build check test race bench generate fuzz
help:            ## This list.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run:             ## Start the server on an embedded database in ./data.
	go run .

build:           ## The static, reproducible binary in dist/.
	go build -trimpath -ldflags "-s -w -buildid= -X main.version=$(VERSION)" -o dist/gatehouse .
	@sha256sum dist/gatehouse

generate:        ## templ output, which is committed.
	go tool templ generate -include-version=false

test:            ## Everything that this machine can test.
	go test ./...

race:            ## The same under the race detector (needs a C compiler).
	CGO_ENABLED=1 go test -race ./...

check: generate  ## What a commit must pass.
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet -composites=false ./...
	@test -z "$$(git status --porcelain -- '*_templ.go')" || { git status --porcelain -- '*_templ.go'; exit 1; }
	CGO_ENABLED=1 go test -race ./...

bench:           ## CPU time per request beside its controls, cold start, memory, size.
	go test -count=1 -timeout 30m -run '^TestBench$$' -v ./handlers/e2e/bench -args -bench-report

FUZZTIME ?= 5m
fuzz:            ## Every fuzz test for FUZZTIME.
	@for p in $$(grep -rlE '^func Fuzz' --include=*_test.go . | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' $$p/*_test.go | sed 's/func //'); do \
	    echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done; done
