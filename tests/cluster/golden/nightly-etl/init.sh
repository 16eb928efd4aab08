#!/bin/bash
# Stands for the init script of a cluster.
