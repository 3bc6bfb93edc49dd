import { describe, expect, it } from 'vitest'
import { chosenRate, countOptions, rateOptions, rates, rateTitle, rateValue } from './limits'

describe('the limits to choose from', () => {
  it('are none and round figures', () => {
    const options = rateOptions(null)
    expect(options.map(({ title }) => title).slice(0, 5)).toEqual([
      'None',
      '100 KB/s',
      '250 KB/s',
      '500 KB/s',
      '1 MB/s',
    ])
    expect(options).toHaveLength(rates.length + 1)
  })

  it('have the one that is set among them, in its place', () => {
    expect(rateOptions(1_500_000).map(({ title }) => title)).toContain('1.5 MB/s')
    expect(rateOptions(1_500_000)[5]).toEqual({ value: '1500000', title: '1.5 MB/s' })
    expect(rateOptions(2e6)).toHaveLength(rates.length + 1)
    expect(countOptions(5).map(({ value }) => value)).toEqual(['1', '2', '3', '4', '5', '6', '8'])
  })

  it('come back as they were', () => {
    for (const rate of [null, ...rates]) expect(chosenRate(rateValue(rate))).toBe(rate)
    expect(rateTitle(16_384)).toBe('16.4 KB/s')
  })
})
