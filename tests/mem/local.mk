# tests of mem
