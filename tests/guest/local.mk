# tests of guest
