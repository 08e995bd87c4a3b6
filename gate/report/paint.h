/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Colors of a terminal (ECMA-48, SGR). For this folder only.
 */
#ifndef GATE_REPORT_PAINT_H
#define GATE_REPORT_PAINT_H

#define BOLD "\033[1m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define CYAN "\033[36m"
#define DIM "\033[2m"
#define PLAIN "\033[0m"

#endif
