// Package cache keeps things.
package cache

import "errors"

// ErrFull says that nothing more fits.
var ErrFull = errors.New("full")

var Default = New(1)

const (
	// Small is little.
	Small = 1
	Large = 2 // Large is much.
	Huge  = 3
)

// Cache keeps values.
type Cache[K comparable, V any] struct {
	values map[K]V
}

type Option func()

// New makes one.
func New(size int) *Cache[string, int] {
	return nil
}

// This stands alone.

func (c *Cache[K, V]) Get(key K) V {
	return c.values[key]
}

// Put keeps a value.
func (c *Cache[K, V]) Put(key K, value V) {}

func (c *hidden) Method() {}

func internal() {}

type hidden struct{}
