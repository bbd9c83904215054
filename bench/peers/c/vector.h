/* Float32 vectors of 4 (SSE), 8 (AVX2) or 16 (AVX-512) lanes under the same names. WIDTH says which. */
#include <immintrin.h>

#if WIDTH == 4
typedef __m128 vector;
typedef __m128 mask;
#define CALL(name) _mm_##name
#define BITS(v) _mm_castps_si128(v)
#define FLOATS(v) _mm_castsi128_ps(v)
#define AND(a, b) _mm_and_ps(a, b)
#define OR(a, b) _mm_or_ps(a, b)
#define XOR(a, b) _mm_xor_ps(a, b)
#define NOT_ZERO(a) _mm_cmpneq_ps(a, _mm_setzero_ps())
#define NOT_NEGATIVE(a) _mm_cmpge_ps(a, _mm_setzero_ps())
#define PICK(m, a, b) _mm_blendv_ps(b, a, m)
#elif WIDTH == 8
typedef __m256 vector;
typedef __m256 mask;
#define CALL(name) _mm256_##name
#define BITS(v) _mm256_castps_si256(v)
#define FLOATS(v) _mm256_castsi256_ps(v)
#define AND(a, b) _mm256_and_ps(a, b)
#define OR(a, b) _mm256_or_ps(a, b)
#define XOR(a, b) _mm256_xor_ps(a, b)
#define NOT_ZERO(a) _mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_NEQ_UQ)
#define NOT_NEGATIVE(a) _mm256_cmp_ps(a, _mm256_setzero_ps(), _CMP_GE_OQ)
#define PICK(m, a, b) _mm256_blendv_ps(b, a, m)
#else
typedef __m512 vector;
typedef __mmask16 mask;
#define CALL(name) _mm512_##name
#define BITS(v) _mm512_castps_si512(v)
#define FLOATS(v) _mm512_castsi512_ps(v)
#define AND(a, b) FLOATS(_mm512_and_si512(BITS(a), BITS(b)))
#define OR(a, b) FLOATS(_mm512_or_si512(BITS(a), BITS(b)))
#define XOR(a, b) FLOATS(_mm512_xor_si512(BITS(a), BITS(b)))
#define NOT_ZERO(a) _mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_NEQ_UQ)
#define NOT_NEGATIVE(a) _mm512_cmp_ps_mask(a, _mm512_setzero_ps(), _CMP_GE_OQ)
#define PICK(m, a, b) _mm512_mask_blend_ps(m, b, a)
#endif

#define ALL(x) CALL(set1_ps)(x)
#define ADD(a, b) CALL(add_ps)(a, b)
#define SUB(a, b) CALL(sub_ps)(a, b)
#define MUL(a, b) CALL(mul_ps)(a, b)
#define DIV(a, b) CALL(div_ps)(a, b)
#define MAX(a, b) CALL(max_ps)(a, b)
#ifdef __FMA__
#define MULADD(a, b, c) CALL(fmadd_ps)(a, b, c)
#define SUBMUL(c, a, b) CALL(fnmadd_ps)(a, b, c)
#else
#define MULADD(a, b, c) ADD(MUL(a, b), c)
#define SUBMUL(c, a, b) SUB(c, MUL(a, b))
#endif
#if WIDTH == 4
#define SHIFT(v, places) FLOATS(_mm_slli_epi32(BITS(v), places))
#elif WIDTH == 8
#define SHIFT(v, places) FLOATS(_mm256_slli_epi32(BITS(v), places))
#else
#define SHIFT(v, places) FLOATS(_mm512_slli_epi32(BITS(v), places))
#endif
